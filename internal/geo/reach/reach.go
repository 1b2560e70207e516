// Package reach says how far people get on a street graph: what lies within a
// budget of a place, which stations are nearest to every place, how many of them
// a resident can choose from, and what area to draw around them.
//
//   - Search visits the nodes around one place, in order of distance but for
//     Slack, and may stop at any of them. Like road.Route it measures along
//     streets only. Lists is as many searches as a country has stations, in batch.
//   - Nearest sweeps once from all stations and knows the k nearest of every node;
//     Shortlists keeps that packed, for who asks a million times.
//   - Incide finds, for each station, the places that reach it; a Tally adds
//     those lists up, so that a further hour, or a station more, needs no search.
//   - Cover counts the stations that each demand cell reaches, and Gaps ranks
//     the groups of cells that reach none.
//   - Areas draws what lies within a budget of some stations.
//
// All but Search and Lists take the station's point of view, and people travel to a
// station: they run on the reverse graph themselves, so that one-way streets
// count in the traveller's direction. They measure from door to door: the straight
// walk between a place and its street (road.Snap.OffM), at both ends, is part of
// the way and counts toward the budget. Set OffM to zero to measure streets only.
//
// All distances are decimetres, added as integers, so an answer is exact and the
// same on every machine; equal distances are ordered by the station's number.
// Nothing here keeps a clock or a file, and but for Search, Around and
// Tally, which are one goroutine's scratch, everything returned is immutable.
package reach

import "github.com/xiadu/xiadu/internal/geo/road"

// MaxBudget is the farthest that anything here looks, in decimetres: about
// 105 km, seven hours by e-bike. Larger budgets are cut to it, which bounds the
// number of buckets and keeps sums within 32 bits.
const MaxBudget = 1 << 20

// none is the distance of what has not been reached.
const none = ^uint32(0)

// bucketWidth is how many decimetres share a bucket of a queue. Within a bucket
// nodes come in any order and are handled again when improved: at 26 m that is
// rare, and cheaper than a heap that keeps them in order.
const (
	bucketShift = 8
	bucketWidth = 1 << bucketShift
)

// door returns the way between a place and its street in dm.
func door(s road.Snap) uint32 { return min(s.Off(), 2*MaxBudget) }
