package geo

import "cmp"

// Queue is a binary min-heap of values by key, without the boxing of
// container/heap. The zero Queue is empty. Equal keys come in no given order.
type Queue[K cmp.Ordered, V any] struct{ items []queued[K, V] }

type queued[K cmp.Ordered, V any] struct {
	key   K
	value V
}

// Len returns how many values wait.
func (q *Queue[K, V]) Len() int { return len(q.items) }

// Reset empties q and keeps its memory.
func (q *Queue[K, V]) Reset() { q.items = q.items[:0] }

// Push adds value under key.
func (q *Queue[K, V]) Push(key K, value V) {
	q.items = append(q.items, queued[K, V]{key, value})
	for i := len(q.items) - 1; i > 0; {
		parent := (i - 1) / 2
		if q.items[parent].key <= q.items[i].key {
			break
		}
		q.items[parent], q.items[i] = q.items[i], q.items[parent]
		i = parent
	}
}

// Pop takes the value with the least key. It panics on an empty queue.
func (q *Queue[K, V]) Pop() (K, V) {
	top, last := q.items[0], len(q.items)-1
	q.items[0] = q.items[last]
	q.items = q.items[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			break
		}
		if right := child + 1; right < last && q.items[right].key < q.items[child].key {
			child = right
		}
		if q.items[i].key <= q.items[child].key {
			break
		}
		q.items[i], q.items[child] = q.items[child], q.items[i]
		i = child
	}
	return top.key, top.value
}
