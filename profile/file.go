package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/tidemark-ml/tidemark/internal/durable"
)

// Load reads a reference from a file that Save wrote. Errors wrap those of the
// file system, [ErrCorrupt] or [ErrVersion], and name the file.
func Load(path string) (*Reference, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("profile: load reference: %w", err)
	}
	r := new(Reference)
	if err := r.UnmarshalBinary(data); err != nil {
		return nil, fmt.Errorf("profile: load reference %s: %w", path, err)
	}
	return r, nil
}

// Save writes the reference to a file, by way of a temporary one beside it that
// is synced before it takes its place, so that a crash leaves the old file or the
// new. Several may save to one path at once; the last one wins.
func (r *Reference) Save(path string) error {
	data, err := r.MarshalBinary()
	if err != nil {
		return err
	}
	f, err := createBeside(path)
	if err == nil {
		err = durable.Replace(path, f, data, nil)
	}
	if err != nil {
		return fmt.Errorf("profile: save reference: %w", err)
	}
	return nil
}

// maxTemporaries is how many temporary files of one path may be there at once.
const maxTemporaries = 100

// createBeside creates a new file in the folder of path, which a rename can
// reach, with the permissions that path itself would get.
func createBeside(path string) (*os.File, error) {
	for i := 0; ; i++ {
		f, err := os.OpenFile(fmt.Sprintf("%s.%d.tmp", path, i), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil || !errors.Is(err, fs.ErrExist) || i == maxTemporaries {
			return f, err
		}
	}
}
