package reach

import "golang.org/x/sys/cpu"

var hasAVX2 = cpu.X86.HasAVX2

//go:noescape
func spreadAVX2(f *frontier) halt
