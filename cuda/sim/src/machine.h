// machine.h: the simulated machine. A CUDA thread is a fiber, a block runs on
// one worker thread of the host, and the order in which fibers run is chosen so
// that bugs show.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#define SIM_API __attribute__((visibility("default")))

namespace sim {

struct Dim { unsigned x, y, z; };

// Where the running fiber is.
struct Here {
	Dim thread, block, grid;
	unsigned lane, warp;
};
SIM_API extern constinit thread_local Here *here;

// What a kernel can ask for. Each gives other fibers a turn.
SIM_API void barrier();                             // all threads of the block
SIM_API const uint64_t *exchange(uint64_t mine);    // all 32 of the warp see each other's word
[[noreturn]] SIM_API void trap(const char *reason); // ends the launch
SIM_API void looked();                              // somebody looks whether to stop

// meet waits until all of an aligned group of count threads (32, a warp, or 128,
// a warpgroup) have come with the same function, which is then called once with
// what they bring and where each wants its answer.
SIM_API void fail(const char *reason); // in a meeting: ends the launch
typedef void Meeting(const void *const *in, void *const *out);
SIM_API void meet(unsigned count, Meeting *f, const void *in, void *out);

// The dynamic shared memory of the block, and a pointer's address there.
SIM_API unsigned char *dynamic_shared();
SIM_API unsigned shared_address(const void *p);
SIM_API const unsigned char *at_shared_address(unsigned a);

// cp.async: what is copied arrives when it is waited for, and is NaN before.
SIM_API void copy(void *to, const void *from);
SIM_API void copy_commit();
SIM_API void copy_wait(unsigned groups);

// mbarrier objects, and the bulk copies that complete on them. A copy arrives
// when its barrier is waited for, and is NaN before.
SIM_API void mbarrier_init(uint64_t *b, unsigned count);
SIM_API void mbarrier_arrive(uint64_t *b);
SIM_API void mbarrier_expect(uint64_t *b, unsigned bytes); // and arrive
SIM_API void mbarrier_wait(uint64_t *b, unsigned parity);
struct TensorMap { // what cuTensorMapEncodeTiled leaves
	alignas(64) uint64_t kind;
	const unsigned char *base;
	uint64_t words, rows, stride, box;
	char rest[80];
};
constexpr uint64_t tiled = 0x77656674746d6170;
SIM_API void copy_tile(void *to, const TensorMap *m, int word, int row, uint64_t *b);

// A warpgroup's products: op is done when it is waited for.
struct Product {
	void (*op)(const Product &);
	uint64_t a, b;   // descriptors
	float *acc[128]; // of each thread
};
struct Products {
	std::vector<Product> under_way;
	std::vector<size_t> groups; // the ends of those that were committed
	bool fenced = false;
};
SIM_API Products &products(); // in a meeting: of the warpgroup that meets

// An entry point compiled for the host.
struct Entry {
	const char *name;
	unsigned threads; // of a block
	std::vector<unsigned> sizes; // of the parameters
	void (*function)();
	void (*call)(void (*function)(), void *const *args);
};
SIM_API void add(const Entry &e);

template <class... P> struct Caller {
	template <size_t... I> static void apply(void (*f)(), void *const *args, std::index_sequence<I...>) {
		((void (*)(P...))f)(*(std::remove_cv_t<P> *)args[I]...);
	}
	static void call(void (*f)(), void *const *args) { apply(f, args, std::index_sequence_for<P...>{}); }
};
template <class... P> Entry entry(const char *name, unsigned threads, void (*f)(P...)) {
	Entry e{name, threads, {(unsigned)sizeof(P)...}, (void (*)())f, &Caller<P...>::call};
	add(e);
	return e;
}

// A launch and what became of it.
struct Launch {
	const Entry *entry;
	std::vector<void *> args;
	Dim grid, block;
	size_t shared = 0; // dynamic shared memory in bytes
	int error = 0; // a CUresult
	std::string reason;
	std::atomic<long> looks{0}; // at the word that stops it
};

enum class Schedule { forward, reverse, shuffled };

// configure sets the order of fibers and the address of an object of the
// kernels' own thread-local storage, where their shared memory is.
void configure(Schedule s, void *(*anchor)());

// run does all blocks of l on the worker threads and returns l.error.
int run(Launch &l);

const Entry *find(const std::string &name);

} // namespace sim
