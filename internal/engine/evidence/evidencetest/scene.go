// Package evidencetest changes drawn photographs as people and programs change real ones: re-encoded, shrunk, darkened,
// turned, with what a camera writes into them.
package evidencetest

import "github.com/xiadu/xiadu/internal/engine/evidence/drawn"

// Scene, Light and Object are what package drawn draws.
type (
	Scene  = drawn.Scene
	Light  = drawn.Light
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
