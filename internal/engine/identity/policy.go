package identity

import (
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity/password"
	"github.com/xiadu/xiadu/internal/engine/identity/seal"
)

// Policy is what a site asks, as data.
type Policy struct {
	Name     string
	Password password.Policy
	Method   password.Method // how passwords are hashed
	Suite    seal.Suite      // of keys that are made from now on

	FactorForAll bool // else only those need a second factor who hold a grave right
	Apart        bool // whether roles that are declared apart are held apart

	Idle, Absolute             time.Duration // of a session with a password
	DeviceIdle, DeviceAbsolute time.Duration // of one from a device that was bound
	Fresh                      time.Duration // for how long one is not asked again before a grave act
	Invitation                 time.Duration

	Free          int           // wrong passwords of one network, or one device, that cost nothing
	FirstDelay    time.Duration // after the next; it doubles
	MaxDelay      time.Duration
	NetworkFree   int // wrong ones of one network, whoever they were for, in NetworkWindow
	NetworkWindow time.Duration
	Siege         int // wrong ones for one login from strangers in a day, after which a new browser gives a code first
}

// Plain suits a site that no rule binds.
var Plain = Policy{
	Name:     "plain",
	Password: password.Policy{MinLength: 10, Common: true},
	Method:   password.Argon2id,
	Suite:    seal.AES,
	Apart:    true,

	Idle: 2 * time.Hour, Absolute: 12 * time.Hour,
	DeviceIdle: 60 * 24 * time.Hour, DeviceAbsolute: 400 * 24 * time.Hour,
	Fresh: 10 * time.Minute, Invitation: 72 * time.Hour,

	Free: 5, FirstDelay: 30 * time.Second, MaxDelay: 15 * time.Minute,
	NetworkFree: 100, NetworkWindow: 10 * time.Minute, Siege: 50,
}

// Hall suits one laptop in a hall, where one person is the whole office.
var Hall = func() Policy {
	p := Plain
	p.Name, p.Apart = "hall", false
	return p
}()

// Level3 follows 等保 2.0 level 3 (GB/T 22239-2019, 8.1.4.1): passwords of several
// kinds of characters that change, a second factor for everybody with an account,
// an early end of idle sessions, and a delay after five failures.
var Level3 = func() Policy {
	p := Plain
	p.Name = "level3"
	p.Password = password.Policy{MinLength: 8, Classes: 3, Common: true, Former: 5, MaxDays: 90}
	p.FactorForAll = true
	p.Idle, p.Absolute = 15*time.Minute, 10*time.Hour
	p.FirstDelay, p.MaxDelay = 10*time.Minute, 30*time.Minute
	return p
}()

// Commercial is Level3 with the national algorithms, for a site that is assessed for
// its use of cryptography (密评): SM4 and SM3 for what is stored, SM3 for passwords.
// Codes stay as phones make them, and random tokens as SHA-256: neither protects
// stored data.
var Commercial = func() Policy {
	p := Level3
	p.Name, p.Method, p.Suite = "commercial", password.PBKDF2SM3, seal.SM
	return p
}()

// Policies are the presets by name.
var Policies = []Policy{Plain, Hall, Level3, Commercial}
