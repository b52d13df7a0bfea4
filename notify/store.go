package notify

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tidemark-ml/tidemark/internal/durable"
	"github.com/tidemark-ml/tidemark/internal/wire"
)

// The file of a notifier is a magic, a version, JSON and the CRC-32C of all
// before, little endian. It is replaced as a whole: whoever reads it finds what
// was written before a crash, or what was written last.
const (
	magic       = "TMNB"
	fileVersion = 1
	maxFile     = 64 << 20
)

// ErrCorrupt is wrapped where a file is not one that a notifier wrote: torn,
// altered or of another kind.
var ErrCorrupt = errors.New("notify: corrupt file")

// ErrVersion is wrapped where a file is of a version this library does not read;
// upgrade the reader.
var ErrVersion = errors.New("notify: unknown file version")

func format() wire.Format {
	return wire.Format{Magic: magic, Newest: fileVersion, Corrupt: ErrCorrupt, Unknown: ErrVersion}
}

// load reads a file; found is false where there is none.
func load(path string, state any) (found bool, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("notify: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return false, fmt.Errorf("notify: read %s: %w", path, err)
	}
	if len(data) > maxFile {
		return false, fmt.Errorf("%w: %s has more than %d bytes", ErrCorrupt, path, maxFile)
	}
	if err := format().OpenJSON(data, state); err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	return true, nil
}

// save replaces a file: what a crash leaves is the one before or the new one.
func save(path string, state any) error {
	data, err := format().SealJSON(state)
	if err != nil {
		return fmt.Errorf("notify: encode: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	if err := durable.Replace(path, f, data, nil); err != nil {
		return fmt.Errorf("notify: write %s: %w", path, err)
	}
	return nil
}

// restore loads the file of a notifier. One that is corrupt is put aside: what it
// knew is told again, under the same keys.
func restore(path string, state any) (found bool, aside, err error) {
	if path == "" {
		return false, nil, nil
	}
	found, err = load(path, state)
	if !errors.Is(err, ErrCorrupt) {
		return found, nil, err
	}
	if moved := os.Rename(path, path+".corrupt"); moved != nil {
		return false, nil, errors.Join(err, moved)
	}
	return false, fmt.Errorf("%w; it was put aside as %s.corrupt, and what is open is told again", err, path), nil
}
