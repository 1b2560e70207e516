// Package drawn draws photographs of places that there are not: a yard with buildings under a sky, in
// daylight, at night, in fog, or a bare wall; with noise, grain and what lies about. They are what a demo shows and what
// tests of evidence measure on, since nobody's photographs belong in a repository.
package drawn

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
)

// Light is under which a scene is seen.
type Light int

// The lights.
const (
	Day Light = iota
	Night
	Fog
	Wall // close to a wall: hardly anything to see
)

// Object is what a place has or has no more.
type Object int

// The objects. Each covers at least a twentieth of the frame.
const (
	Nothing Object = iota
	Heap
	Fence
	Spill
)

// Scene is a place and a moment. The place is the seed's; Moment sets the grain of the
// camera, which no two exposures share.
type Scene struct {
	Seed, Moment uint64
	Light        Light
	Has          Object
	W, H         int
}

// canvas is a picture in the making: linear light from 0 to 1, three channels.
type canvas struct {
	w, h int
	pix  []float64
	rng  *rand.Rand
}

type rgb [3]float64

// Draw returns the scene as a camera has it.
func (s Scene) Draw() *image.RGBA {
	if s.W == 0 {
		s.W, s.H = 640, 480
	}
	c := &canvas{w: s.W, h: s.H, pix: make([]float64, 3*s.W*s.H), rng: rand.New(rand.NewPCG(s.Seed, 17))}
	if s.Light == Wall {
		c.wall()
	} else {
		horizon := 0.25 + 0.3*c.rng.Float64()
		c.sky(horizon)
		c.ground(horizon)
		for range 2 + c.rng.IntN(4) {
			c.building(horizon)
		}
		for range 4 + c.rng.IntN(6) {
			c.drum(horizon)
		}
	}
	c.object(s.Has)
	return c.expose(s)
}

func (c *canvas) at(x, y int) []float64 { return c.pix[3*(y*c.w+x):][:3] }

func (c *canvas) put(x, y int, col rgb) {
	if x >= 0 && y >= 0 && x < c.w && y < c.h {
		copy(c.at(x, y), col[:])
	}
}

// colour is a muted one, as places have.
func (c *canvas) colour(bright float64) rgb {
	base := bright * (0.5 + c.rng.Float64())
	return rgb{base * (0.8 + 0.4*c.rng.Float64()), base * (0.8 + 0.35*c.rng.Float64()), base * (0.75 + 0.4*c.rng.Float64())}
}

// noise is smooth randomness of several sizes, about from -1 to 1.
type noise struct{ grid [64 * 64]float64 }

func newNoise(rng *rand.Rand) *noise {
	n := &noise{}
	for i := range n.grid {
		n.grid[i] = 2*rng.Float64() - 1
	}
	return n
}

func (n *noise) one(x, y float64) float64 {
	i, j := math.Floor(x), math.Floor(y)
	u, v := x-i, y-j
	u, v = u*u*(3-2*u), v*v*(3-2*v)
	g := func(a, b int) float64 { return n.grid[(b&63)*64+a&63] }
	a, b := int(i), int(j)
	return (g(a, b)*(1-u)+g(a+1, b)*u)*(1-v) + (g(a, b+1)*(1-u)+g(a+1, b+1)*u)*v
}

func (n *noise) many(x, y float64) (sum float64) {
	amp := 0.55
	for range 4 {
		sum += amp * n.one(x, y)
		x, y, amp = 2.1*x+7, 2.1*y+3, amp/2
	}
	return sum
}

func (c *canvas) sky(horizon float64) {
	n := newNoise(c.rng)
	top, bottom := c.colour(0.45), c.colour(0.8)
	clouds, hill := c.rng.Float64()*0.5, 0.02+0.08*c.rng.Float64()
	far := c.colour(0.35)
	for y := range c.h {
		for x := range c.w {
			fx, fy := float64(x)/float64(c.w), float64(y)/float64(c.h)
			t := fy / horizon
			cloud := clouds * max(0, n.many(6*fx, 14*fy)+0.1)
			var col rgb
			for i := range col {
				col[i] = top[i]*(1-t) + bottom[i]*t + cloud
			}
			if fy > horizon-hill*(1+n.many(3*fx, 0.5)) {
				col = far
			}
			c.put(x, y, col)
		}
	}
}

func (c *canvas) ground(horizon float64) {
	n := newNoise(c.rng)
	near, far := c.colour(0.35), c.colour(0.45)
	scale, patch := 20+40*c.rng.Float64(), 0.3+0.5*c.rng.Float64()
	lane, lean := c.rng.Float64(), 2*c.rng.Float64()-1
	for y := int(horizon * float64(c.h)); y < c.h; y++ {
		for x := range c.w {
			fx, fy := float64(x)/float64(c.w), float64(y)/float64(c.h)
			depth := 1 / max(0.02, fy-horizon+0.02)
			gx, gy := (fx-0.5)*depth, depth
			t := (fy - horizon) / (1 - horizon)
			grain := 1 + patch*n.many(gx*1.3, gy*0.7) + 0.25*n.many(gx*scale/8, gy*scale/8)
			if math.Abs(gx-(lane-0.5)*3-lean*gy/10) < 0.35 {
				grain *= 0.6 // a track
			}
			var col rgb
			for i := range col {
				col[i] = (far[i]*(1-t) + near[i]*t) * max(0.1, grain)
			}
			c.put(x, y, col)
		}
	}
}

func (c *canvas) building(horizon float64) {
	wide, high := 0.1+0.25*c.rng.Float64(), 0.12+0.35*c.rng.Float64()
	left, foot := c.rng.Float64()*1.1-0.1, horizon+0.08*c.rng.Float64()
	wall, dark := c.colour(0.5), c.colour(0.12)
	n := newNoise(c.rng)
	floors, columns := 1+c.rng.IntN(6), 2+c.rng.IntN(7)
	lit := c.rng.Float64()
	for y := int((foot - high) * float64(c.h)); y < int(foot*float64(c.h)); y++ {
		for x := int(left * float64(c.w)); x < int((left+wide)*float64(c.w)); x++ {
			u, v := (float64(x)/float64(c.w)-left)/wide, (float64(y)/float64(c.h)-foot+high)/high
			col := wall
			shade := (0.7 + 0.5*u) * (1 + 0.2*n.many(8*u, 8*v))
			a, b := math.Mod(u*float64(columns), 1), math.Mod(v*float64(floors), 1)
			if a > 0.25 && a < 0.75 && b > 0.3 && b < 0.8 {
				col = dark
				if n.one(math.Floor(u*float64(columns))*3.3, math.Floor(v*float64(floors))*5.7) > lit {
					col = rgb{0.9, 0.8, 0.5}
				}
			}
			c.put(x, y, rgb{col[0] * shade, col[1] * shade, col[2] * shade})
		}
	}
}

func (c *canvas) drum(horizon float64) {
	depth := c.rng.Float64()
	foot := horizon + 0.05 + (0.9-horizon)*depth
	wide := 0.02 + 0.07*depth
	high := wide * (0.8 + 1.5*c.rng.Float64())
	left := c.rng.Float64()
	col := c.colour(0.4)
	for y := int((foot - high) * float64(c.h)); y < int(foot*float64(c.h)); y++ {
		for x := int(left * float64(c.w)); x < int((left+wide)*float64(c.w)); x++ {
			u := (float64(x)/float64(c.w) - left) / wide
			shade := 0.4 + 1.2*math.Sin(math.Pi*min(1, max(0, u)))
			c.put(x, y, rgb{col[0] * shade, col[1] * shade, col[2] * shade})
		}
	}
}

func (c *canvas) wall() {
	n, spots := newNoise(c.rng), newNoise(c.rng)
	base, tilt, lean := c.colour(0.4), 0.15*(c.rng.Float64()-0.5), 0.15*(c.rng.Float64()-0.5)
	rough := 0.03 + 0.05*c.rng.Float64()
	for y := range c.h {
		for x := range c.w {
			fx, fy := float64(x)/float64(c.w), float64(y)/float64(c.h)
			shade := 1 + tilt*(fx-0.5) + lean*(fy-0.5) + rough*n.many(3*fx+1, 3*fy) + 0.02*spots.many(40*fx, 40*fy)
			c.put(x, y, rgb{base[0] * shade, base[1] * shade, base[2] * shade})
		}
	}
}

// object draws what the place has, in a place that the seed decides whether it is drawn
// or not.
func (c *canvas) object(has Object) {
	rng := rand.New(rand.NewPCG(c.rng.Uint64(), 3))
	n := newNoise(rng)
	left, foot := 0.05+0.5*rng.Float64(), 0.7+0.25*rng.Float64()
	wide, high := 0.3+0.15*rng.Float64(), 0.2+0.1*rng.Float64()
	col := (&canvas{rng: rng}).colour(0.3)
	if rng.IntN(2) == 0 {
		col = rgb{0.03, 0.03, 0.03}
	}
	var inside func(u, v float64) (shade float64, ok bool)
	switch has {
	case Nothing:
		return
	case Heap: // rough, lit from one side
		inside = func(u, v float64) (float64, bool) {
			top := math.Sin(math.Pi*u) * (0.85 + 0.3*n.many(4*u, 1))
			return 0.4 + 0.8*u + 0.9*n.many(14*u, 14*v), 1-v < top
		}
	case Fence: // sheets with posts
		wide, left = min(0.9, 2*wide), left/3
		inside = func(u, _ float64) (float64, bool) { return 0.8 + 0.7*math.Round(math.Mod(12*u, 1)*0.7), true }
	case Spill: // smooth, dark or glossy
		high *= 0.9
		inside = func(u, v float64) (float64, bool) {
			r := math.Hypot(2*u-1, 2*v-1)
			return 0.5 + 0.3*v, r < 0.95+0.2*n.many(3*u, 3*v)
		}
	}
	for y := int((foot - high) * float64(c.h)); y < int(foot*float64(c.h)); y++ {
		for x := int(left * float64(c.w)); x < int((left+wide)*float64(c.w)); x++ {
			u, v := (float64(x)/float64(c.w)-left)/wide, (float64(y)/float64(c.h)-foot+high)/high
			if shade, ok := inside(u, v); ok {
				shade = max(0.05, shade)
				c.put(x, y, rgb{col[0] * shade, col[1] * shade, col[2] * shade})
			}
		}
	}
}

// expose is what the camera makes of the light.
func (c *canvas) expose(s Scene) *image.RGBA {
	rng := rand.New(rand.NewPCG(s.Seed, 1000+s.Moment))
	gain, grain, veil := 1.0, 0.015, 0.0
	switch s.Light {
	case Night:
		gain, grain = 0.09+0.05*c.rng.Float64(), 0.03
	case Day, Wall:
	case Fog:
		veil = 0.8 + 0.1*c.rng.Float64()
	}
	out := image.NewRGBA(image.Rect(0, 0, c.w, c.h))
	for y := range c.h {
		// Fog is thick far away, which is high in the picture.
		thick := veil * (1 - 0.15*float64(y)/float64(c.h))
		for x := range c.w {
			p, q := c.at(x, y), color.RGBA{A: 255}
			for i, to := range [...]*uint8{&q.R, &q.G, &q.B} {
				v := p[i]*gain*(1-thick) + 0.75*thick
				v = math.Pow(max(0, v), 1/2.2) + grain*rng.NormFloat64()
				*to = uint8(max(0, min(255, 255*v)))
			}
			out.SetRGBA(x, y, q)
		}
	}
	return out
}
