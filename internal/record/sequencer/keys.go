package sequencer

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
)

// keyName is the file of the keys, a line each, the newest first. All of them
// sign: while keys are exchanged, a reader that knows either goes on reading.
const keyName = "key"

// keys sign for one origin.
type keys struct {
	origin    string
	signers   []note.Signer
	verifiers []note.Verifier
	public    string // the verifier keys, a line each
}

// readKeys returns no signers where there is no file.
func readKeys(folder string) (k keys, err error) {
	path := filepath.Join(folder, keyName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return k, fmt.Errorf("sequencer: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			err = errors.Join(err, k.add(line))
		}
	}
	if err != nil || len(k.signers) == 0 {
		return k, fault.New(fault.Invalid, "%s 不是公开日志的签名密钥。请放回原来的文件", "%s is not a key that signs the public log. Put the right file back", path).Because(err)
	}
	return k, nil
}

var errOrigins = errors.New("keys of several origins")

func (k *keys) add(skey string) error {
	signer, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	vkey, err := verifierKey(skey)
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	if k.origin != "" && k.origin != signer.Name() {
		return errOrigins
	}
	k.origin = signer.Name()
	k.signers, k.verifiers = append(k.signers, signer), append(k.verifiers, verifier)
	k.public += vkey + "\n"
	return nil
}

// makeKey makes the key of a new log. What is kept of it comes first: a key
// without anything kept then means that somebody took that away.
func makeKey(folder, origin string) (keys, error) {
	skey, _, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return keys{}, faultOriginName(origin).Because(err)
	}
	var k keys
	if err := k.add(skey); err != nil {
		return keys{}, faultOriginName(origin).Because(err)
	}
	var empty logtree.Edge
	first, err := logtree.Checkpoint{Origin: origin, Root: empty.Root()}.Sign(k.signers...)
	if err != nil {
		return keys{}, fmt.Errorf("sequencer: sign: %w", err)
	}
	if err := publiclog.KeptIn(folder).Replace(first); err != nil {
		return keys{}, err
	}
	path := filepath.Join(folder, keyName)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return readKeys(folder) // another process on the same folder was faster
	}
	if err != nil {
		return keys{}, fmt.Errorf("sequencer: %w", err)
	}
	_, err = f.WriteString(skey + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return keys{}, fmt.Errorf("sequencer: %w", errors.Join(err, os.Remove(path)))
	}
	return k, nil
}

// Rotate puts a new key in front of those of a folder. All of them sign from the
// next fold on; the old one goes by removing its line, when readers know the new.
func Rotate(folder string) error {
	k, err := readKeys(folder)
	if err == nil && len(k.signers) == 0 {
		err = faultNoKey(folder)
	}
	if err != nil {
		return err
	}
	skey, _, err := note.GenerateKey(rand.Reader, k.origin)
	if err != nil {
		return fmt.Errorf("sequencer: rotate: %w", err)
	}
	path := filepath.Join(folder, keyName)
	old, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path+".new", append([]byte(skey+"\n"), old...), 0o600)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("sequencer: rotate: %w", err)
	}
	return nil
}

func faultOriginName(origin string) *fault.Error {
	return fault.New(fault.Invalid, "“%s”不能作公开日志的名称。写它将来公布在哪里，如 city.example/log，不含空格和加号",
		"%q cannot name the public log. Write where it will be published, as city.example/log, without spaces or plus signs", origin)
}

// verifierKey is the public part of a signer key, which note does not tell.
func verifierKey(skey string) (string, error) {
	parts := strings.Split(skey, "+") // PRIVATE+KEY+name+hash+key
	if len(parts) < 5 {
		return "", errKey
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(parts[4:], "+"))
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return "", errKey
	}
	public, _ := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(parts[2], public)
}

var errKey = errors.New("not an Ed25519 key")
