package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// keep notes what the data folder and the database hold; kept fails unless they
// hold the same now, with not a file more or less: keep FOLDER, kept FOLDER.
// Rows are compared by a backup, so it works on either engine.
func keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keep FOLDER")
	}
	ts.Check(os.WriteFile(ts.MkAbs("kept.txt"), []byte(holdings(ts, args[0])), 0o600))
}

func kept(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: [!] kept FOLDER")
	}
	before, now := ts.ReadFile("kept.txt"), holdings(ts, args[0])
	if neg && now == before {
		ts.Fatalf("%s holds what it held:\n%s", args[0], now)
	}
	if !neg && now != before {
		ts.Fatalf("%s held\n%sbut now it holds\n%s", args[0], before, now)
	}
}

func holdings(ts *testscript.TestScript, folder string) string {
	var b strings.Builder
	backup := ts.MkAbs("holdings.tgz")
	ts.Check(ts.Exec("xiadu", "--home", folder, "backup", backup))
	list, err := backupSums(backup)
	ts.Check(err)
	b.WriteString(list)
	ts.Check(filepath.WalkDir(ts.MkAbs(folder), func(path string, _ fs.DirEntry, err error) error {
		// SQLite's helpers of its log come and go, and a first serve makes the key of
		// people, a public log and a folder of evidence.
		made := []string{"people.key", "people.turn", "log", "evidence"}
		if !strings.HasSuffix(path, "-wal") && !strings.HasSuffix(path, "-shm") && !slices.Contains(made, filepath.Base(path)) && !slices.Contains([]string{"log", "evidence"}, filepath.Base(filepath.Dir(path))) {
			fmt.Fprintln(&b, path)
		}
		return err
	}))
	return b.String()
}

// backupSums lists the files of a backup with their sums, leaving out the
// copy's first and last lines, which tell the time.
func backupSums(file string) (string, error) {
	var list strings.Builder
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	zip, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return "", err
	}
	archive := tar.NewReader(zip)
	for {
		head, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return list.String(), nil
		}
		if err != nil {
			return "", err
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			return "", err
		}
		rows := 0
		if strings.HasSuffix(head.Name, ".jsonl") {
			lines := bytes.SplitAfter(data, []byte("\n"))
			lines = withoutTree(lines[1 : len(lines)-2])
			rows, data = len(lines), bytes.Join(lines, nil)
		}
		fmt.Fprintf(&list, "%s, %d lines, %x\n", head.Name, rows, sha256.Sum256(data))
	}
}

// withoutTree leaves out the tables in which a server moves entries into the
// public log by itself, counts how long it serves, keeps how far time has come, and names its folder of evidence; the
// entries stay.
func withoutTree(lines [][]byte) (kept [][]byte) {
	out := false
	for _, line := range lines {
		if bytes.HasPrefix(line, []byte(`{"table":"`)) {
			out = false
			for _, table := range []string{"record_batch", "record_node", "record_head", "identity_state", "evidence_store", "casework_time"} {
				out = out || bytes.HasPrefix(line, []byte(`{"table":"`+table+`"`))
			}
		}
		if !out {
			kept = append(kept, line)
		}
	}
	return kept
}
