// Package durable replaces files as a whole: what a crash leaves is the file that was
// there before, or the new one.
package durable

import (
	"errors"
	"os"
	"path/filepath"
)

// Replace puts data in the place of path, by way of f: a new file, open for writing,
// in the folder of path. Right before f takes its place, ready is called, where it is
// not nil. After an error path is as it was, and f is removed.
func Replace(path string, f *os.File, data []byte, ready func() error) error {
	_, err := f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil && ready != nil {
		err = ready()
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	SyncFolder(filepath.Dir(path))
	return nil
}

// SyncFolder makes a rename in the folder last. Not every file system can; the file itself is
// complete either way.
func SyncFolder(path string) {
	if d, err := os.Open(path); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
