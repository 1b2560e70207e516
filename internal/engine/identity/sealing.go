package identity

import (
	"sync"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/seal"
	"github.com/xiadu/xiadu/internal/record"
)

// sealing is the keys of people as record asks for them. The file is read when the
// first key is needed: who starts the program may be about to make it, or to put it
// back.
type sealing struct {
	path string

	mu   sync.Mutex
	ring *seal.Ring
}

// KeepPrivate has the private parts of entries in d kept under the keys of a file, from
// when the database has one in use. Whoever opens a database calls it before anything
// is written.
func KeepPrivate(d *db.DB, keyFile string) { record.UseKeys(d, &sealing{path: keyFile}) }

func (s *sealing) open() (*seal.Ring, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ring == nil {
		ring, err := seal.OpenRing(s.path)
		if err != nil {
			return nil, err
		}
		s.ring = ring
	}
	return s.ring, nil
}

// keyInUse is under what a transaction keeps the number of the key in use.
type keyInUse struct{}

// InUse returns the number of the key in use, after holding it against the file: once a transaction.
func (s *sealing) InUse(tx *db.Tx) (int, error) {
	if number, ok := tx.Kept(keyInUse{}).(int); ok {
		return number, nil
	}
	st, err := stateOf(tx)
	if err != nil || st.KeyNumber == 0 {
		return 0, err
	}
	ring, err := s.open()
	if err != nil {
		return 0, keyGone(s.path, st.KeyNumber).Because(err)
	}
	if err := holdKey(ring, st); err != nil {
		return st.KeyNumber, err
	}
	tx.Keep(keyInUse{}, st.KeyNumber)
	return st.KeyNumber, nil
}

// Seal encrypts a text for a place.
func (s *sealing) Seal(number int, place, text string) (string, error) {
	ring, err := s.open()
	if err != nil {
		return "", err
	}
	return ring.Seal(number, place, text)
}

// Open decrypts what Seal made.
func (s *sealing) Open(place, sealed string) (string, error) {
	ring, err := s.open()
	if err != nil {
		return "", err
	}
	return ring.Open(place, sealed)
}

// Index returns the keyed hash of a text for a purpose.
func (s *sealing) Index(number int, purpose, text string) (string, error) {
	ring, err := s.open()
	if err != nil {
		return "", err
	}
	return ring.Index(number, purpose, text)
}

// Indexes returns those under every key of the file.
func (s *sealing) Indexes(purpose, text string) ([]string, error) {
	ring, err := s.open()
	if err != nil {
		return nil, err
	}
	return ring.Indexes(purpose, text)
}
