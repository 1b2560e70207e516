//go:build !amd64

package reach

const hasAVX2 = false

func spreadAVX2(*frontier) halt { panic("there is no AVX2 here") }
