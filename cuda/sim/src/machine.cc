// machine.cc: blocks of fibers on a few worker threads.
#include "machine.h"
#include "fiber.h"
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <link.h>
#include <map>
#include <mutex>
#include <pthread.h>
#include <sys/mman.h>
#include <thread>
#include <ucontext.h>

#if defined(__x86_64__)
asm(R"(
.text
.globl fiber_switch
.hidden fiber_switch
.type fiber_switch,@function
fiber_switch:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, (%rdi)
	movq %rsi, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret
.size fiber_switch, .-fiber_switch
)");
#else
asm(R"(
.text
.globl fiber_switch
.hidden fiber_switch
.type fiber_switch,@function
fiber_switch:
	sub sp, sp, #160
	stp x19, x20, [sp]
	stp x21, x22, [sp, #16]
	stp x23, x24, [sp, #32]
	stp x25, x26, [sp, #48]
	stp x27, x28, [sp, #64]
	stp x29, x30, [sp, #80]
	stp d8, d9, [sp, #96]
	stp d10, d11, [sp, #112]
	stp d12, d13, [sp, #128]
	stp d14, d15, [sp, #144]
	mov x2, sp
	str x2, [x0]
	mov sp, x1
	ldp x19, x20, [sp]
	ldp x21, x22, [sp, #16]
	ldp x23, x24, [sp, #32]
	ldp x25, x26, [sp, #48]
	ldp x27, x28, [sp, #64]
	ldp x29, x30, [sp, #80]
	ldp d8, d9, [sp, #96]
	ldp d10, d11, [sp, #112]
	ldp d12, d13, [sp, #128]
	ldp d14, d15, [sp, #144]
	add sp, sp, #160
	ret
.size fiber_switch, .-fiber_switch
)");
#endif

namespace sim {

constinit thread_local Here *here = nullptr;

namespace {

constexpr size_t page = 4096, stack_size = 64 << 10;
constexpr int launch_failed = 719, illegal_address = 700, launch_timeout = 702; // CUresult

Schedule schedule = Schedule::forward;
void *(*anchor)() = nullptr;

std::map<std::string, Entry> &entries() {
	static auto *m = new std::map<std::string, Entry>;
	return *m;
}

constexpr size_t shared_size = 227 << 10; // of dynamic shared memory
constexpr unsigned shared_base = 1024;    // its address
constexpr unsigned char slack = 0xfb;     // behind what the launch asked for

enum class State { ready, at_barrier, at_exchange, at_meeting, at_mbarrier, done };

struct Copy {
	void *to;
	const void *from;
};

// A copy by a tensor map that has not arrived.
struct TileCopy {
	unsigned char *to;
	const TensorMap *map;
	int word, row;
};
struct Mbarrier {
	unsigned count, pending; // arrivals of a phase, and those that are missing
	unsigned phase = 0;
	long bytes = 0; // that are still to come
	std::vector<TileCopy> copies;
};

struct Fiber {
	Here at;
	void *sp;
	char *stack;
	State state;
	uint64_t word;              // for exchange
	const uint64_t *warp_words; // the answer

	unsigned meeting_size; // for meet
	Meeting *meeting;
	const void *in;
	void *out;

	uint64_t *mbarrier; // that it waits at
	unsigned parity;

	std::vector<Copy> copies;
	std::vector<size_t> groups; // the ends of those that were committed
};

// A worker runs one block at a time.
struct Worker {
	std::vector<Fiber> fibers;
	std::vector<char *> stacks; // not in use
	std::vector<uint64_t> words; // two tables of 32 for each warp, used in turn
	std::vector<uint8_t> turn;
	std::map<uint64_t *, Mbarrier> mbarriers;
	std::vector<Products> products; // of each warpgroup
	unsigned group = 0;             // the warpgroup that meets
	unsigned char *shared = nullptr;
	void *scheduler = nullptr;
	Fiber *running = nullptr;
	Launch *launch = nullptr;
	const char *reason = nullptr; // why the block can't go on
	int error = 0;
	uint64_t random = 88172645463325252ull;

	bool run(uint64_t number);
	void start(Fiber &f);
	bool turn_of_each(unsigned &live);
	bool release_warps();
	bool release_barrier(unsigned live);
	bool release_meetings();
	bool release_mbarriers();
	const char *deadlock();
	void fill_dynamic();
	void check_dynamic();
	void report();
};
thread_local Worker *worker;

void yield() { fiber_switch(&worker->running->sp, worker->scheduler); }

void fiber_main() {
	Launch *l = worker->launch;
	l->entry->call(l->entry->function, l->args.data());
	worker->running->state = State::done;
	yield();
	abort();
}

char *new_stack() {
	char *m = (char *)mmap(nullptr, stack_size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (m == MAP_FAILED) abort();
	mprotect(m, page, PROT_NONE); // an overflow faults
	return m;
}

// fill_shared fills the shared memory of this worker with bytes of ones: NaN
// in both types. It is the thread-local storage of the kernels' library.
void fill_shared() {
	static thread_local unsigned char *base = nullptr;
	static thread_local size_t size = 0;
	if (!anchor) return;
	if (!base) {
		struct Search { unsigned char *object, *base; size_t size; } s{(unsigned char *)anchor(), nullptr, 0};
		dl_iterate_phdr([](dl_phdr_info *info, size_t, void *p) {
			Search *s = (Search *)p;
			auto *b = (unsigned char *)info->dlpi_tls_data;
			for (int i = 0; b && i < info->dlpi_phnum; i++) {
				const size_t n = info->dlpi_phdr[i].p_memsz;
				if (info->dlpi_phdr[i].p_type == PT_TLS && s->object >= b && s->object < b + n) s->base = b, s->size = n;
			}
			return 0;
		}, &s);
		base = s.base, size = s.size;
	}
	if (base) memset(base, 0xff, size);
}

void Worker::start(Fiber &f) {
	if (stacks.empty()) stacks.push_back(new_stack());
	f.stack = stacks.back();
	stacks.pop_back();
	f.sp = fiber_make(f.stack + page + stack_size, fiber_main);
}

// turn_of_each lets every fiber that can run do so, until it waits or ends.
bool Worker::turn_of_each(unsigned &live) {
	const unsigned n = fibers.size();
	bool progress = false;
	unsigned offset = 0;
	bool backwards = schedule == Schedule::reverse;
	if (schedule == Schedule::shuffled) {
		random ^= random << 13, random ^= random >> 7, random ^= random << 17;
		offset = random % n, backwards = random >> 40 & 1;
	}
	for (unsigned q = 0; q < n && !reason; q++) {
		unsigned i = (q + offset) % n;
		if (backwards) i = n - 1 - i;
		Fiber &f = fibers[i];
		if (f.state != State::ready) continue;
		if (!f.stack) start(f);
		running = &f, here = &f.at, progress = true;
		fiber_switch(&scheduler, f.sp);
		if (f.state == State::done) {
			stacks.push_back(f.stack);
			f.stack = nullptr;
			live--;
		}
	}
	return progress;
}

// release_warps completes the exchanges for which a whole warp has come.
bool Worker::release_warps() {
	bool progress = false;
	for (unsigned w = 0; w * 32 < fibers.size(); w++) {
		Fiber *f = &fibers[w * 32];
		const unsigned n = std::min<size_t>(32, fibers.size() - w * 32);
		if (n < 32 || !std::all_of(f, f + n, [](const Fiber &g) { return g.state == State::at_exchange; })) continue;
		uint64_t *table = &words[(w * 2 + (turn[w] ^= 1)) * 32];
		for (unsigned i = 0; i < n; i++) table[i] = f[i].word, f[i].warp_words = table, f[i].state = State::ready;
		progress = true;
	}
	return progress;
}

// release_barrier lets all go on once each thread that has not ended waits.
bool Worker::release_barrier(unsigned live) {
	unsigned waiting = 0;
	for (const Fiber &f : fibers) waiting += f.state == State::at_barrier;
	if (waiting == 0 || waiting < live) return false;
	for (Fiber &f : fibers)
		if (f.state == State::at_barrier) f.state = State::ready;
	return true;
}

// release_meetings holds the meetings for which a whole group has come.
bool Worker::release_meetings() {
	bool progress = false;
	const void *in[128];
	void *out[128];
	for (size_t i = 0; i < fibers.size(); i += 32) {
		const Fiber &first = fibers[i];
		const size_t n = first.meeting_size;
		if (first.state != State::at_meeting || i % n || i + n > fibers.size()) continue;
		Fiber *f = &fibers[i];
		if (!std::all_of(f, f + n, [&](const Fiber &g) { return g.state == State::at_meeting && g.meeting_size == n && g.meeting == first.meeting; }))
			continue;
		for (size_t j = 0; j < n; j++) in[j] = f[j].in, out[j] = f[j].out, f[j].state = State::ready;
		group = i / 128, running = f, here = &f->at;
		f->meeting(in, out);
		if (reason) return true;
		progress = true;
	}
	return progress;
}

void deliver(const TileCopy &c) {
	const TensorMap &m = *c.map;
	for (uint64_t r = 0; r < m.box; r++)
		for (unsigned w = 0; w < 32; w++) {
			const uint64_t row = c.row + r, word = c.word + w;
			unsigned v = 0;
			if (row < m.rows && word < m.words) memcpy(&v, m.base + row * m.stride + word * 4, 4);
			memcpy(c.to + r * 128 + ((w / 4 ^ r % 8) * 16 + w % 4 * 4), &v, 4);
		}
}

// release_mbarriers lets those go on whose phase is over. Only then do copies
// arrive: whoever does not wait sees what was there before them.
bool Worker::release_mbarriers() {
	bool progress = false;
	for (Fiber &f : fibers) {
		if (f.state != State::at_mbarrier) continue;
		Mbarrier &b = mbarriers[f.mbarrier];
		if ((b.phase & 1) == f.parity && b.pending == 0 && !b.copies.empty()) {
			running = &f, here = &f.at;
			for (const TileCopy &c : b.copies) deliver(c), b.bytes -= (long)c.map->box * 128;
			b.copies.clear();
			if (b.bytes < 0) return reason = "mbarrier: copies bring more bytes than it expects", error = launch_failed, true;
			if (b.bytes == 0) b.phase++, b.pending = b.count;
		}
		if ((b.phase & 1) != f.parity) f.state = State::ready, progress = true;
	}
	return progress;
}

const char *Worker::deadlock() {
	for (const auto &[p, b] : mbarriers)
		if (b.pending == 0 && b.bytes > 0) return "deadlock: an mbarrier expects more bytes than copies bring";
	for (const Fiber &f : fibers)
		if (f.state == State::at_mbarrier) return "deadlock: an mbarrier is waited for and nobody arrives";
	return "deadlock: threads of a block wait for each other at different places";
}

// fill_dynamic makes the dynamic shared memory NaN, and what is behind it slack.
void Worker::fill_dynamic() {
	if (!launch->shared) return;
	if (!shared) {
		shared = (unsigned char *)mmap(nullptr, shared_size + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (shared == MAP_FAILED) abort();
		mprotect(shared, page, PROT_NONE);
		mprotect(shared + page + shared_size / page * page, page, PROT_NONE);
		shared += page;
	}
	memset(shared, 0xff, launch->shared);
	memset(shared + launch->shared, slack, std::min<size_t>(page, shared_size / page * page - launch->shared));
}

void Worker::check_dynamic() {
	if (!launch->shared || reason) return;
	const unsigned char *p = shared + launch->shared, *end = p + std::min<size_t>(page, shared_size / page * page - launch->shared);
	if (!std::all_of(p, end, [](unsigned char c) { return c == slack; })) reason = "a write behind the dynamic shared memory", error = illegal_address;
}

bool Worker::run(uint64_t number) {
	const Dim g = launch->grid, b = launch->block;
	const unsigned n = b.x * b.y * b.z;
	fill_shared();
	fill_dynamic();
	mbarriers.clear();
	products.assign((n + 127) / 128, Products{});
	fibers.assign(n, Fiber{});
	words.assign((n + 31) / 32 * 64, 0);
	turn.assign((n + 31) / 32, 0);
	for (unsigned i = 0; i < n; i++) {
		Fiber &f = fibers[i];
		f.at.thread = {i % b.x, i / b.x % b.y, i / b.x / b.y};
		f.at.block = {(unsigned)(number % g.x), (unsigned)(number / g.x % g.y), (unsigned)(number / g.x / g.y)};
		f.at.grid = g;
		f.at.lane = i % 32, f.at.warp = i / 32;
		f.state = State::ready;
	}
	reason = nullptr;
	for (unsigned live = n; live > 0 && !reason;) {
		bool progress = turn_of_each(live);
		if (reason) break;
		progress |= release_warps();
		progress |= release_meetings();
		if (reason) break;
		progress |= release_mbarriers();
		if (reason) break;
		progress |= release_barrier(live);
		if (!progress && live > 0) reason = deadlock(), error = launch_timeout;
	}
	check_dynamic();
	running = nullptr;
	if (!reason) return true;
	report();
	for (Fiber &f : fibers) // what a fiber held on its stack is lost
		if (f.stack) stacks.push_back(f.stack), f.stack = nullptr;
	return false;
}

std::mutex &pool_mutex = *new std::mutex; // never destroyed: workers outlive exit
std::condition_variable &pool_work = *new std::condition_variable, &pool_done = *new std::condition_variable;
Launch *pool_launch;
std::atomic<uint64_t> pool_next;
unsigned pool_wanted, pool_active, pool_size;

void Worker::report() {
	std::lock_guard<std::mutex> lock(pool_mutex);
	if (launch->error) return;
	char text[512];
	snprintf(text, sizeof text, "kernel %s, block (%u,%u,%u), thread (%u,%u,%u): %s", launch->entry->name, here->block.x, here->block.y,
	         here->block.z, here->thread.x, here->thread.y, here->thread.z, reason);
	launch->reason = text;
	launch->error = error;
}

[[noreturn]] void work() {
	worker = new Worker;
	stack_t alternate = {};
	alternate.ss_sp = malloc(64 << 10), alternate.ss_size = 64 << 10;
	sigaltstack(&alternate, nullptr);
	std::unique_lock<std::mutex> lock(pool_mutex);
	for (;;) {
		pool_work.wait(lock, [] { return pool_wanted > 0; });
		pool_wanted--, pool_active++;
		Launch *l = worker->launch = pool_launch;
		lock.unlock();
		const uint64_t blocks = (uint64_t)l->grid.x * l->grid.y * l->grid.z;
		for (uint64_t i; (i = pool_next.fetch_add(1)) < blocks;)
			if (!worker->run(i)) pool_next = blocks;
		lock.lock();
		worker->launch = nullptr;
		if (--pool_active == 0 && pool_wanted == 0) pool_done.notify_all();
	}
}

// A fault of a kernel ends its block; any other goes to who was there before,
// which in a Go program is Go.
struct sigaction before_segv, before_bus;

void after_fault() { yield(); }

void on_fault(int sig, siginfo_t *info, void *context) {
	if (worker && worker->running) {
		static thread_local char text[64];
		snprintf(text, sizeof text, "illegal address %p", info->si_addr);
		worker->reason = text, worker->error = illegal_address;
		worker->running->state = State::done;
		// Go on in the scheduler, by way of the fiber's own stack.
		const uintptr_t top = ((uintptr_t)worker->running->stack + page + stack_size) & ~(uintptr_t)15;
		auto *u = (ucontext_t *)context;
#if defined(__x86_64__)
		u->uc_mcontext.gregs[REG_RIP] = (greg_t)after_fault;
		u->uc_mcontext.gregs[REG_RSP] = (greg_t)(top - 8);
#else
		u->uc_mcontext.pc = (uintptr_t)after_fault;
		u->uc_mcontext.sp = top;
#endif
		return;
	}
	struct sigaction &old = sig == SIGSEGV ? before_segv : before_bus;
	if (old.sa_flags & SA_SIGINFO) old.sa_sigaction(sig, info, context);
	else if (old.sa_handler == SIG_DFL || old.sa_handler == SIG_IGN) signal(sig, SIG_DFL), raise(sig);
	else old.sa_handler(sig);
}

void start_pool() {
	struct sigaction action = {};
	action.sa_sigaction = on_fault, action.sa_flags = SA_SIGINFO | SA_ONSTACK;
	sigemptyset(&action.sa_mask);
	sigaction(SIGSEGV, &action, &before_segv);
	sigaction(SIGBUS, &action, &before_bus);
	// Signals of the host program, such as Go's for preemption, are not for the
	// workers.
	sigset_t blocked, old;
	sigfillset(&blocked);
	for (int s : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigdelset(&blocked, s);
	pthread_sigmask(SIG_BLOCK, &blocked, &old);
	pool_size = std::min(4u, std::max(1u, std::thread::hardware_concurrency()));
	for (unsigned i = 0; i < pool_size; i++) std::thread(work).detach();
	pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

} // namespace

void looked() { worker->launch->looks++; }

void barrier() {
	worker->running->state = State::at_barrier;
	yield();
}

const uint64_t *exchange(uint64_t mine) {
	Fiber *f = worker->running;
	f->word = mine;
	f->state = State::at_exchange;
	yield();
	return f->warp_words;
}

void trap(const char *reason) {
	worker->reason = reason, worker->error = launch_failed;
	worker->running->state = State::done;
	yield();
	__builtin_unreachable();
}

void fail(const char *reason) { worker->reason = reason, worker->error = launch_failed; }

void meet(unsigned count, Meeting *f, const void *in, void *out) {
	Fiber *me = worker->running;
	me->meeting_size = count, me->meeting = f, me->in = in, me->out = out;
	me->state = State::at_meeting;
	yield();
}

unsigned char *dynamic_shared() {
	if (!worker->launch->shared) trap("a launch without dynamic shared memory");
	return worker->shared;
}
unsigned shared_address(const void *p) { return (unsigned)((const unsigned char *)p - worker->shared) + shared_base; }
const unsigned char *at_shared_address(unsigned a) { return worker->shared + (a - shared_base); }

void copy(void *to, const void *from) {
	if (((uintptr_t)to | (uintptr_t)from) % 16) trap("cp.async: misaligned address");
	memset(to, 0xff, 16);
	worker->running->copies.push_back({to, from});
}
void copy_commit() { worker->running->groups.push_back(worker->running->copies.size()); }
void copy_wait(unsigned groups) {
	Fiber *f = worker->running;
	if (f->groups.size() <= groups) return;
	const size_t done = f->groups.size() - groups, n = f->groups[done - 1];
	for (size_t i = 0; i < n; i++) memcpy(f->copies[i].to, f->copies[i].from, 16);
	f->copies.erase(f->copies.begin(), f->copies.begin() + n);
	f->groups.erase(f->groups.begin(), f->groups.begin() + done);
	for (size_t &g : f->groups) g -= n;
}

static Mbarrier &mbarrier(uint64_t *b) {
	auto i = worker->mbarriers.find(b);
	if (i == worker->mbarriers.end()) trap("an mbarrier that was not initialized");
	return i->second;
}
static void arrive(Mbarrier &b) {
	if (b.pending == 0) trap("mbarrier: more arrivals than it counts");
	if (--b.pending == 0 && b.bytes == 0) b.phase++, b.pending = b.count;
}
void mbarrier_init(uint64_t *b, unsigned count) {
	if ((uintptr_t)b % 8) trap("mbarrier: misaligned address");
	worker->mbarriers[b] = Mbarrier{count, count, 0, 0, {}};
}
void mbarrier_arrive(uint64_t *b) { arrive(mbarrier(b)); }
void mbarrier_expect(uint64_t *b, unsigned bytes) {
	Mbarrier &m = mbarrier(b);
	m.bytes += bytes;
	arrive(m);
}
void mbarrier_wait(uint64_t *b, unsigned parity) {
	mbarrier(b);
	Fiber *f = worker->running;
	f->mbarrier = b, f->parity = parity;
	f->state = State::at_mbarrier;
	yield();
}
void copy_tile(void *to, const TensorMap *m, int word, int row, uint64_t *b) {
	if (m->kind != tiled) trap("a bulk copy by what is no tensor map");
	if (shared_address(to) % 1024) trap("a bulk copy: misaligned address"); // or the swizzle would be another
	memset(to, 0xff, m->box * 128);
	mbarrier(b).copies.push_back({(unsigned char *)to, m, word, row});
}

Products &products() { return worker->products[worker->group]; }

void add(const Entry &e) { entries()[e.name] = e; }

const Entry *find(const std::string &name) {
	auto i = entries().find(name);
	return i == entries().end() ? nullptr : &i->second;
}

void configure(Schedule s, void *(*a)()) { schedule = s, anchor = a; }

int run(Launch &l) {
	static std::once_flag once;
	std::call_once(once, start_pool);
	std::unique_lock<std::mutex> lock(pool_mutex);
	const uint64_t blocks = (uint64_t)l.grid.x * l.grid.y * l.grid.z;
	pool_launch = &l, pool_next = 0;
	pool_wanted = std::min<uint64_t>(pool_size, blocks);
	if (pool_wanted == 1) pool_work.notify_one();
	else pool_work.notify_all();
	pool_done.wait(lock, [] { return pool_wanted == 0 && pool_active == 0; });
	return l.error;
}

} // namespace sim
