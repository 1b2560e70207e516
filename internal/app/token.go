package app

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/web"
)

// tokenName is the file of the operator's token, which nobody but the owner of
// the program may read. A backup leaves it out: who restores one elsewhere is
// another operator.
const tokenName = "operator.token"

// token returns the operator's token: the one of the settings, or that of the
// data folder, which the first start makes.
func (c Config) token() (string, error) {
	if c.Token != "" {
		return checkToken(c.Token, "XIADU_TOKEN")
	}
	path := filepath.Join(c.Home, tokenName)
	kept, err := os.ReadFile(path)
	if err == nil {
		return checkToken(strings.TrimSpace(string(kept)), path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", disk.Explained(path, fmt.Errorf("reading %s: %w", path, err))
	}
	if err := c.makeHome(); err != nil {
		return "", err
	}
	made := rand.Text()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return c.token() // another server on the same folder was faster
	}
	if disk.CannotWrite(err) { // then nothing is saved either; one that lasts for this run will do
		return made, nil
	}
	if err != nil {
		return "", disk.Explained(path, fmt.Errorf("making %s: %w", path, err))
	}
	_, err = f.WriteString(made + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", disk.Explained(path, errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(path)))
	}
	return made, nil
}

func checkToken(token, where string) (string, error) {
	if len(token) < web.MinToken || strings.ContainsAny(token, " \t\r\n") {
		return "", fault.New(fault.Invalid, "管理员口令（%[1]s）太短或含空格：至少 %[2]d 个字母或数字。删掉它，下次启动会自动生成。",
			"the operator's token (%[1]s) is too short or has spaces: give at least %[2]d letters or digits. Remove it and the next start makes one.", where, web.MinToken)
	}
	return token, nil
}
