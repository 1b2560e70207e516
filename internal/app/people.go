package app

import (
	"context"
	"errors"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/bound"

	"github.com/xiadu/xiadu/internal/engine/act/inbox"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/key"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
	"github.com/xiadu/xiadu/internal/system/duty"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stars"
)

// The files of people beside the data. A backup leaves both out: with the key it would
// tell what is encrypted, and the turn is of this machine.
const (
	keyName  = "people.key"
	turnName = "people.turn"
)

// catalogue is the rights and roles of all systems.
func catalogue() *right.Catalogue {
	return right.NewCatalogue(right.People, duty.Rights, station.Rights, complaint.Rights, contest.Rights)
}

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

// networks reads the networks of proxies.
func networks(texts []string) (all []netip.Prefix, err error) {
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			a, e := netip.ParseAddr(text)
			if e != nil {
				return nil, fault.New(fault.Invalid, "“%s”不是网络地址：请写成 10.0.3.0/24 或 10.0.3.7", "%s is no network: write it as 10.0.3.0/24 or 10.0.3.7", text)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		all = append(all, p)
	}
	return all, nil
}

func (c Config) keyFile() string { return filepath.Join(c.Home, keyName) }

func (c Config) people() (identity.Options, error) {
	p, err := c.policy()
	return identity.Options{
		Catalogue: catalogue(), Policy: p,
		KeyFile: c.keyFile(), Mark: filepath.Join(c.Home, turnName),
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

// SealAnew puts what engines and systems have sealed in rows of their own under the key of
// people in use, after it was changed, and returns how many rows that were.
func SealAnew(ctx context.Context, c Config) (rows int, err error) {
	d, err := c.open(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	pairs, err := inbox.Anew(ctx, d)
	if err != nil {
		return 0, err
	}
	photos, err := evidence.Anew(ctx, d)
	if err != nil {
		return 0, err
	}
	rows, err = record.OwnAnew(ctx, d, slices.Concat(letter.Anew, problem.Anew, visit.Anew, bulletin.Anew, key.Anew, entry.Anew, expert.Anew, hall.Anew, publicity.Anew, stars.Anew, bound.Anew)...)
	return rows + photos + pairs, err
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
