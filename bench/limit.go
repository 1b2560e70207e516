package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/xiadu/xiadu/internal/geo/road"
)

// limitKernel is limit/limit.c at work in a process of its own.
type limitKernel struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	out   *bufio.Reader
}

// startLimit compiles the kernel and gives it the same arcs, in the same order.
func startLimit(ctx context.Context, g *road.Graph, sources []road.Node, budget uint32) (*limitKernel, error) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		return nil, fmt.Errorf("%w: the kernel in C needs gcc", errNotHere)
	}
	program, network := filepath.Join(outDir, "limit"), filepath.Join(outDir, "limit.csr")
	compile := exec.CommandContext(ctx, gcc, "-O3", "-march=native", "-std=c11", "-D_GNU_SOURCE",
		"-o", program, filepath.Join("bench", "limit", "limit.c"))
	compile.Stderr = os.Stderr
	if err := compile.Run(); err != nil {
		return nil, fmt.Errorf("compile limit.c: %w", err)
	}
	if err := writeNetwork(network, g, sources); err != nil {
		return nil, err
	}
	k := &limitKernel{cmd: exec.CommandContext(ctx, program, network, strconv.Itoa(int(budget)))}
	k.cmd.Stderr = os.Stderr
	if k.stdin, err = k.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := k.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	k.out = bufio.NewReader(out)
	return k, k.cmd.Start()
}

func writeNetwork(path string, g *road.Graph, sources []road.Node) error {
	plain := newDijkstra(g)
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	for _, part := range []any{[]uint32{uint32(g.Nodes()), uint32(g.Arcs()), uint32(len(sources))}, plain.first, plain.arcs, sources} {
		if err := binary.Write(w, binary.LittleEndian, part); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return errors.Join(w.Flush(), f.Close())
}

// run searches from all sources once.
func (k *limitKernel) run() (seconds float64, found checksum, err error) {
	if _, err := io.WriteString(k.stdin, "\n"); err != nil {
		return 0, found, err
	}
	line, err := k.out.ReadString('\n')
	if err != nil {
		return 0, found, fmt.Errorf("the kernel in C stopped: %w", err)
	}
	_, err = fmt.Sscan(line, &seconds, &found.settled, &found.sum)
	return seconds, found, err
}

func (k *limitKernel) stop() error { return errors.Join(k.stdin.Close(), k.cmd.Wait()) }
