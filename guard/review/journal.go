package review

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/tidemark-ml/tidemark/internal/durable"
)

// Journal is a file of JSON lines, one [Record] each, that only grows: a crash can
// tear its last line and nothing else. Opening it cuts a torn line off; a line
// that is no record is skipped and counted. When it has grown past its limit it is
// replaced, by renaming, by one that holds the open items and the sums.
//
// A journal is one queue's, and one process's. It is safe for concurrent use.
type Journal struct {
	path string
	max  int64
	sync bool

	mu      sync.Mutex
	file    *os.File
	size    int64
	base    int64 // size after it was last replaced
	records []Record
	skipped uint64
}

// JournalOptions adjust a journal.
type JournalOptions struct {
	// MaxBytes is how large the file may grow before it is replaced; 0 means
	// 64 MB. A journal that is larger than twice that, and 1 GB, is not read.
	MaxBytes int64
	// Sync makes every write wait for the disk, so that not even a failure of the
	// machine loses a verdict. Without it a failure of the process loses none.
	Sync bool
}

const (
	defaultJournal = 64 << 20
	maxJournal     = 1 << 30
	minJournal     = 1 << 12
)

// OpenJournal opens or creates the file at path, readable by its owner only, and
// reads what is in it. Close it after the queue's last use.
func OpenJournal(path string, o JournalOptions) (*Journal, error) {
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultJournal
	}
	if o.MaxBytes < minJournal || o.MaxBytes > maxJournal {
		return nil, fmt.Errorf("review: journal %s: MaxBytes %d is not in %d to %d", path, o.MaxBytes, minJournal, maxJournal)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("review: journal: %w", err)
	}
	j := &Journal{path: path, max: o.MaxBytes, sync: o.Sync, file: f}
	if err := j.read(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return j, nil
}

// read takes in the whole lines of the file and cuts off what is after them.
func (j *Journal) read() error {
	info, err := j.file.Stat()
	if err != nil {
		return fmt.Errorf("review: journal: %w", err)
	}
	if info.Size() > max(maxJournal, 2*j.max) {
		return fmt.Errorf("review: journal %s: %d bytes; at most %d are read, move it away", j.path, info.Size(), max(maxJournal, 2*j.max))
	}
	j.records, j.skipped, j.size, err = readRecords(io.LimitReader(j.file, info.Size()))
	if err != nil {
		return fmt.Errorf("review: journal %s: %w", j.path, err)
	}
	if j.size < info.Size() {
		if err := j.file.Truncate(j.size); err != nil {
			return fmt.Errorf("review: journal: %w", err)
		}
	}
	return nil
}

// readRecords reads lines up to the last whole one and returns how many bytes
// those take.
func readRecords(r io.Reader) (records []Record, skipped uint64, whole int64, err error) {
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		line, n, err := readLine(in)
		if errors.Is(err, io.EOF) {
			return records, skipped, whole, nil // what is left has no end: it is torn
		}
		if err != nil {
			return nil, 0, 0, err
		}
		whole += n
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		record, err := decode(line)
		if err != nil {
			skipped++
			continue
		}
		records = append(records, record)
	}
}

// readLine returns a line and how many bytes it takes in the file. Of one that is
// too long it keeps too much to be decoded and no more.
func readLine(in *bufio.Reader) (line []byte, n int64, err error) {
	for {
		part, err := in.ReadSlice('\n')
		n += int64(len(part))
		if room := maxLine + 2 - len(line); room > 0 {
			line = append(line, part[:min(room, len(part))]...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, n, err
		}
	}
}

// append writes records. After an error the file is as it was before.
func (j *Journal) append(records ...Record) error {
	var buffer []byte
	for _, r := range records {
		line, err := encode(r)
		if err != nil {
			return err
		}
		buffer = append(buffer, line...)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return errors.New("review: journal: it is closed")
	}
	if _, err := j.file.Write(buffer); err != nil {
		return errors.Join(fmt.Errorf("review: journal: %w", err), j.file.Truncate(j.size))
	}
	j.size += int64(len(buffer))
	return j.settle(j.file)
}

func (j *Journal) settle(f *os.File) error {
	if !j.sync {
		return nil
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("review: journal: %w", err)
	}
	return nil
}

// full reports whether the file should be replaced. A file that is large because
// much is open is left to double first.
func (j *Journal) full() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.size > j.max && j.size > 2*j.base
}

// replace puts a file of these records in the place of the journal's.
func (j *Journal) replace(records []Record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return errors.New("review: journal: it is closed")
	}
	f, err := os.CreateTemp(filepath.Dir(j.path), filepath.Base(j.path)+".*")
	if err != nil {
		return fmt.Errorf("review: journal: %w", err)
	}
	size, err := writeRecords(f, records)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(f.Name(), j.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("review: journal: %w", err), f.Close(), os.Remove(f.Name()))
	}
	durable.SyncFolder(filepath.Dir(j.path))
	old := j.file
	j.file, j.size, j.base = f, size, size
	return old.Close()
}

func writeRecords(w io.Writer, records []Record) (size int64, err error) {
	out := bufio.NewWriter(w)
	for _, r := range records {
		line, err := encode(r)
		if err != nil {
			return 0, err
		}
		n, err := out.Write(line)
		if err != nil {
			return 0, err
		}
		size += int64(n)
	}
	return size, out.Flush()
}

// take hands over what was read, once.
func (j *Journal) take() ([]Record, uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	records := j.records
	j.records = nil
	return records, j.skipped
}

// Close closes the file.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	j.file = nil
	return err
}
