// machine.h: the simulated machine. A CUDA thread is a fiber, a block runs on
// one worker thread of the host, and the order in which fibers run is chosen so
// that bugs show.
#pragma once
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
	Dim thread, block;
	unsigned lane, warp;
};
SIM_API extern constinit thread_local Here *here;

// What a kernel can ask for. Each gives other fibers a turn.
SIM_API void barrier();                             // all threads of the block
SIM_API const uint64_t *exchange(uint64_t mine);    // all 32 of the warp see each other's word
[[noreturn]] SIM_API void trap(const char *reason); // ends the launch

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
	int error = 0; // a CUresult
	std::string reason;
};

enum class Schedule { forward, reverse, shuffled };

// configure sets the order of fibers and the address of an object of the
// kernels' own thread-local storage, where their shared memory is.
void configure(Schedule s, void *(*anchor)());

// run does all blocks of l on the worker threads and returns l.error.
int run(Launch &l);

const Entry *find(const std::string &name);

} // namespace sim
