// Package evidencetest changes drawn photographs as people and programs change real ones: re-encoded, shrunk, darkened,
// turned, with what a camera writes into them.
package evidencetest

import "github.com/xiadu/xiadu/internal/engine/evidence/drawn"

type (
	// Scene is what package drawn draws.
	Scene = drawn.Scene
	// Light is under which it is seen.
	Light = drawn.Light
	// Object is what it has.
	Object = drawn.Object
)

// What a scene may be.
const (
	Day     = drawn.Day
	Night   = drawn.Night
	Fog     = drawn.Fog
	Wall    = drawn.Wall
	Nothing = drawn.Nothing
	Heap    = drawn.Heap
	Fence   = drawn.Fence
	Spill   = drawn.Spill
)
