package main

import (
	"bufio"
	"syscall"
	"testing"
	"time"
)

// TestSecondStart tells how long a start of the demo city takes, the first time
// and when it is there already. The time depends on the machine and is for the
// reader of the log; that both answer is what is tested.
func TestSecondStart(t *testing.T) {
	if testing.Short() {
		t.Skip("makes the demo city to tell how long that takes; run without -short")
	}
	home := t.TempDir()
	for _, which := range []string{"first", "second"} {
		cmd := command(t, home, home, "serve", "--demo", "--listen", "127.0.0.1:0")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines, said := bufio.NewScanner(out), 0
		for said < 5 && lines.Scan() { // the welcome, which is said when it answers
			said++
		}
		t.Logf("the %s start took %v", which, time.Since(start))
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			said++
		}
		if err := cmd.Wait(); err != nil || said < 5 {
			t.Errorf("the %s start said %d lines and ended with %v", which, said, err)
		}
	}
}
