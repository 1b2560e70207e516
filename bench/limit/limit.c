// A bounded search in C, as fast as it is known how to write one: what is
// measured against it is how much of that the program has.
//
// It is label-correcting in buckets of 13 m: a node is handled again when it is
// improved within its bucket, which is rare. Arcs are pairs in one array, nodes
// are numbered along a Hilbert curve by whoever wrote the file, and sources come
// in the order of their nodes.
//
//	limit FILE BUDGET
//
// FILE has, four bytes each and little-endian: the numbers of nodes, arcs and
// sources; the first arc of each node, and one past the last; head and length of
// each arc; the sources. For every line on its input it searches from all sources
// and answers with a line: seconds of processor time, nodes settled, and the sum
// of their distances.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BUCKET_SHIFT = 7 }; // 12.8 m; 8 is as fast

static const uint32_t UNREACHED = UINT32_MAX;

typedef struct {
	uint32_t head, length;
} arc;

typedef struct {
	uint32_t nodes, arcs, sources;
	uint32_t *first_out;
	arc *out;
	uint32_t *source;
} network;

typedef struct {
	uint32_t distance, node;
} label;

typedef struct {
	label *labels;
	uint32_t count, room;
} bucket;

typedef struct {
	uint32_t budget;
	uint32_t *distance;
	uint32_t *touched;
	bucket *buckets;
} search;

static void *allocate(size_t bytes) {
	void *memory = malloc(bytes > 0 ? bytes : 1);
	if (memory == NULL) {
		fprintf(stderr, "limit: out of memory\n");
		exit(1);
	}
	return memory;
}

static uint32_t *read_numbers(FILE *file, size_t count) {
	uint32_t *numbers = allocate(count * sizeof *numbers);
	if (fread(numbers, sizeof *numbers, count, file) != count) {
		fprintf(stderr, "limit: the file is too short\n");
		exit(1);
	}
	return numbers;
}

static network read_network(const char *path) {
	FILE *file = fopen(path, "rb");
	if (file == NULL) {
		perror(path);
		exit(1);
	}
	uint32_t *sizes = read_numbers(file, 3);
	network net = {.nodes = sizes[0], .arcs = sizes[1], .sources = sizes[2]};
	free(sizes);
	net.first_out = read_numbers(file, (size_t)net.nodes + 1);
	net.out = (arc *)read_numbers(file, 2 * (size_t)net.arcs);
	net.source = read_numbers(file, net.sources);
	fclose(file);
	return net;
}

static search new_search(const network *net, uint32_t budget) {
	search s = {.budget = budget};
	s.distance = allocate(net->nodes * sizeof *s.distance);
	for (uint32_t n = 0; n < net->nodes; n++) s.distance[n] = UNREACHED;
	s.touched = allocate(net->nodes * sizeof *s.touched);
	s.buckets = calloc((budget >> BUCKET_SHIFT) + 1, sizeof *s.buckets);
	return s;
}

static inline void put(bucket *b, label l) {
	if (b->count == b->room) {
		b->room = b->room > 0 ? 2 * b->room : 64;
		b->labels = realloc(b->labels, b->room * sizeof *b->labels);
		if (b->labels == NULL) exit(1);
	}
	b->labels[b->count++] = l;
}

// run searches from one source, adds up what it settles, and leaves s as it was.
static uint32_t run(search *s, const network *net, uint32_t source, uint64_t *sum) {
	uint32_t *distance = s->distance, reached = 0, last = 0;
	distance[source] = 0;
	s->touched[reached++] = source;
	put(&s->buckets[0], (label){0, source});
	for (uint32_t b = 0; b <= last; b++) {
		bucket *here = &s->buckets[b];
		while (here->count > 0) {
			label l = here->labels[--here->count];
			if (l.distance != distance[l.node]) continue; // improved since
			const arc *end = net->out + net->first_out[l.node + 1];
			for (const arc *a = net->out + net->first_out[l.node]; a < end; a++) {
				uint32_t d = l.distance + a->length, known = distance[a->head];
				if (d >= known || d > s->budget) continue;
				if (known == UNREACHED) s->touched[reached++] = a->head;
				distance[a->head] = d;
				uint32_t to = d >> BUCKET_SHIFT;
				if (to > last) last = to;
				put(&s->buckets[to], (label){d, a->head});
			}
		}
	}
	for (uint32_t i = 0; i < reached; i++) {
		*sum += distance[s->touched[i]];
		distance[s->touched[i]] = UNREACHED;
	}
	return reached;
}

static double seconds(void) {
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int count, char **arguments) {
	if (count != 3) {
		fprintf(stderr, "usage: limit FILE BUDGET\n");
		return 2;
	}
	network net = read_network(arguments[1]);
	search s = new_search(&net, (uint32_t)strtoul(arguments[2], NULL, 10));
	for (int c = getchar(); c != EOF; c = getchar()) {
		if (c != '\n') continue;
		uint64_t settled = 0, sum = 0;
		double began = seconds();
		for (uint32_t i = 0; i < net.sources; i++) settled += run(&s, &net, net.source[i], &sum);
		printf("%.9f %llu %llu\n", seconds() - began, (unsigned long long)settled, (unsigned long long)sum);
		fflush(stdout);
	}
	return 0;
}
