package ask

import (
	"maps"
	"net/url"
)

// AddressWith is path with what the query says by the given keys, one of them
// changed, or left out if value is empty. Lists keep their filters in their
// address, and every link of theirs is made of it.
func AddressWith(path string, query url.Values, keys []string, name, value string) string {
	q := url.Values{}
	for _, key := range keys {
		for _, s := range query[key] {
			if s != "" {
				q.Add(key, s)
			}
		}
	}
	if value != "" {
		q.Set(name, value)
	} else {
		q.Del(name)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Without is a query without some of its parts.
func Without(query url.Values, keys ...string) url.Values {
	q := maps.Clone(query)
	for _, key := range keys {
		q.Del(key)
	}
	return q
}
