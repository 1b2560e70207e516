package reach

// Plainly makes s search without vectors, as on a processor that has none.
func (s *Search) Plainly() *Search {
	s.vectors = false
	return s
}
