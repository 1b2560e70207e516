package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/web"
)

// The files of people beside the data. A backup leaves both out: with the key it would
// tell what is encrypted, and the turn is of this machine.
const (
	keyName  = "people.key"
	turnName = "people.turn"
)

// catalogue is the rights and roles of all systems.
func catalogue() *right.Catalogue { return right.NewCatalogue(right.People) }

// policy is what the settings ask of passwords and sessions.
func (c Config) policy() (identity.Policy, error) {
	var names []string
	for _, p := range identity.Policies {
		if p.Name == c.Policy || c.Policy == "" {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return identity.Policy{}, fault.New(fault.Invalid, "没有“%[1]s”这种人员策略，可用的有：%[2]s", "there is no policy %[1]s for people; there are %[2]s", c.Policy, strings.Join(names, ", "))
}

func (c Config) people() (identity.Options, error) {
	p, err := c.policy()
	return identity.Options{
		Catalogue: catalogue(), Policy: p,
		KeyFile: filepath.Join(c.Home, keyName), Mark: filepath.Join(c.Home, turnName),
	}, err
}

// People opens the people of the data for use, which is the command line's way to
// them.
func People(ctx context.Context, c Config, use func(*identity.Service) error) (err error) {
	o, err := c.people()
	if err != nil {
		return err
	}
	if err := c.makeHome(); err != nil {
		return err
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	s, err := identity.Open(ctx, d, o)
	if err != nil {
		return err
	}
	return use(s)
}

// LosePeopleKey accepts that the key of personal data is lost.
func LosePeopleKey(ctx context.Context, c Config) (err error) {
	o, err := c.people()
	if err != nil {
		return err
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return identity.LoseKey(ctx, d, o)
}

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
		return "", explained(path, fmt.Errorf("reading %s: %w", path, err))
	}
	if err := c.makeHome(); err != nil {
		return "", err
	}
	made := rand.Text()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return c.token() // another server on the same folder was faster
	}
	if cannotWrite(err) { // then nothing is saved either; one that lasts for this run will do
		return made, nil
	}
	if err != nil {
		return "", explained(path, fmt.Errorf("making %s: %w", path, err))
	}
	_, err = f.WriteString(made + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", explained(path, errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(path)))
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
