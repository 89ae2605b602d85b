package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/sealane/sealane/app/check"
)

// reason says what is wrong with a file, in words of our own.
func (p *program) reason(err error) string {
	switch {
	case errors.Is(err, errVersion):
		return p.cli.FileVersion
	case errors.Is(err, check.ErrFacts):
		return p.cli.FileNoFacts
	case errors.Is(err, errOdd):
		return p.cli.FileOdd
	case errors.Is(err, errLarge):
		return p.cli.FileLarge
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return p.cli.FileMissing
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return p.cli.FileForbidden
	case errors.Is(err, syscall.EISDIR):
		return p.cli.FileFolder
	}
	return p.cli.FileOther
}

// badFile is the mistake of naming a file that can't be used.
func (p *program) badFile(name string, err error) errWords {
	return errWords(p.say(p.cli.BadFile, "name", name, "value", p.reason(err)))
}

// Errors of reading a file.
var (
	errOdd     = errors.New("no ordinary file")
	errLarge   = errors.New("over maxFile")
	errVersion = errors.New("evidence of another version")
)

// maxFile is how large a file of saved evidence, anchors or roots may be.
const maxFile = 64 << 20

// readFile reads an ordinary file: a pipe or a device might never end.
func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, syscall.EISDIR
	case !info.Mode().IsRegular():
		return nil, errOdd
	case info.Size() > maxFile:
		return nil, errLarge
	}
	return os.ReadFile(name)
}

// readFacts reads saved evidence.
func readFacts(name string) (check.Facts, error) {
	text, err := readFile(name)
	if err != nil {
		return check.Facts{}, err
	}
	facts, err := check.ReadFacts(text)
	if err != nil {
		var form struct {
			Version int `json:"version"`
		}
		if json.Unmarshal(text, &form) == nil && form.Version != 0 && form.Version != check.FactsVersion {
			return check.Facts{}, errVersion
		}
	}
	return facts, err
}

// keeper is a file that evidence or a picture will be saved in. It is opened before a check,
// so that a wrong name costs nothing, and emptied only when there is something
// better to write.
type keeper struct {
	file *os.File
	old  bool // it held something before
}

func keep(name string) (*keeper, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &keeper{file: f, old: info.Size() > 0}, nil
}

// save writes the facts.
func (k *keeper) save(f check.Facts) error {
	text, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		k.file.Close()
		return err
	}
	return k.put(append(text, '\n'), f.Done)
}

// put writes what the file is to hold. That of a check that was stopped doesn't
// replace what it held before.
func (k *keeper) put(text []byte, done bool) error {
	if !done && k.old {
		return k.file.Close()
	}
	// A pipe or a device can't be emptied, and needn't be.
	if info, err := k.file.Stat(); err == nil && info.Mode().IsRegular() {
		if err := k.file.Truncate(0); err != nil {
			k.file.Close()
			return err
		}
	}
	_, err := k.file.Write(text)
	return errors.Join(err, k.file.Close())
}
