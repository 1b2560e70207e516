package demo

// chance is a hash of a place and a purpose: the same for the same city,
// whatever else was drawn before.
type chance uint64

// at returns the chance of something at p. Purposes are arbitrary but differ.
func at(p point, purpose uint64) chance {
	return chance(mix(mix(mix(purpose)+uint64(int64(p.X))) + uint64(int64(p.Y))))
}

// again returns an independent chance.
func (c chance) again() chance { return chance(mix(uint64(c) + 1)) }

// below returns a number from 0 to n-1.
func (c chance) below(n int) int { return int(uint64(c) >> 33 % uint64(n)) }

// between returns a number from low to high.
func (c chance) between(low, high int) int { return low + c.below(high-low+1) }

// percent is true n times of a hundred.
func (c chance) percent(n int) bool { return c.below(100) < n }

// mix is the finaliser of SplitMix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// pick returns one of the list.
func pick[T any](c chance, list []T) T { return list[c.below(len(list))] }
