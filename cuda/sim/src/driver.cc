// driver.cc: the entry points of a CUDA driver, as far as weft calls them, over
// the simulated machine. Handles, contexts and errors behave as the driver's do;
// device memory is host memory between guard pages.
//
// The environment makes it misbehave:
//
//	WEFT_SIM_DEVICES=2          so many devices; with 0 cuInit says there is none
//	WEFT_SIM_DRIVER=11000       the version of the driver
//	WEFT_SIM_CAPABILITY=75      the compute capability of the devices
//	WEFT_SIM_MEMORY=64          device memory in MiB
//	WEFT_SIM_FREE=3             so many of them are free, another program has the rest
//	WEFT_SIM_SCHEDULE=reverse   the order of threads: forward, reverse, shuffled
//	WEFT_SIM_LAZY=1             no work is done before something waits for it
//	WEFT_SIM_FAULT=sum_f32      this kernel faults; sum_f32:3 at its third launch
//	WEFT_SIM_LOST=5             after so many launches the device is gone
//	WEFT_SIM_FAIL=cuMemAlloc_v2:2:2  the second call of this one returns 2
#include "machine.h"
#include "ptx.h"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <dlfcn.h>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <sys/mman.h>
#include <vector>

typedef int CUresult;
enum : CUresult {
	ok = 0,
	invalid_value = 1,
	out_of_memory = 2,
	not_initialized = 3,
	no_device = 100,
	invalid_device = 101,
	invalid_image = 200,
	invalid_context = 201,
	no_binary = 209,
	invalid_ptx = 218,
	unsupported_ptx = 222,
	invalid_handle = 400,
	not_found = 500,
	not_ready = 600,
	illegal_address = 700,
	launch_failed = 719,
	not_supported = 801,
	unknown = 999,
};

typedef unsigned long long CUdeviceptr;
typedef int CUdevice;
typedef struct Context *CUcontext;
typedef struct Module *CUmodule;
typedef struct Function *CUfunction;
typedef struct Stream *CUstream;
typedef struct Event *CUevent;

struct Context { CUdevice device; int retained; CUresult broken; };
struct Function { const sim::Entry *entry; std::string name; unsigned shared = 0; };
struct Module { std::map<std::string, Function> functions; };
struct Stream { std::deque<std::function<CUresult()>> work; unsigned flags; };
struct Event { int pending = 0; struct Stream *stream = nullptr; bool recorded = false, asked = false; std::chrono::steady_clock::time_point time; };
struct Block { size_t size, padded; char *map; size_t map_size; };

namespace {

constexpr size_t page = 4096;
constexpr int max_devices = 8;
constexpr size_t guard = 64 * page;    // nobody may touch it, before and behind each allocation
constexpr unsigned char slack = 0xfb; // between an allocation and its guards

std::recursive_mutex &mutex = *new std::recursive_mutex; // never destroyed: threads outlive exit
bool initialized, lazy;
int devices;
long launches;
size_t memory_total, memory_used;
Context primary[max_devices];
Stream *const default_stream = new Stream{};
auto &streams = *new std::vector<Stream *>;
auto &events = *new std::set<Event *>;
auto &modules = *new std::set<Module *>;
auto &device_memory = *new std::map<uintptr_t, Block>;
auto &host_memory = *new std::map<uintptr_t, Block>;
thread_local std::vector<CUcontext> contexts; // of this thread; the last is current

long setting(const char *name, long otherwise) {
	const char *s = getenv(name);
	return s && *s ? atol(s) : otherwise;
}

void say(const std::string &what) { fprintf(stderr, "simulated CUDA: %s\n", what.c_str()); }

// planted reports whether WEFT_SIM_FAIL wants this call to fail, and how.
CUresult planted(const char *call) {
	static std::map<std::string, long> calls;
	const char *s = getenv("WEFT_SIM_FAIL");
	if (!s) return ok;
	char name[64];
	long nth = 0;
	int code = 0;
	if (sscanf(s, "%63[^:]:%ld:%d", name, &nth, &code) != 3 || strcmp(name, call) != 0) return ok;
	return ++calls[name] == nth ? code : ok;
}

// Every entry point starts with one of these: before cuInit, after it, and with
// a context that is current and not broken.
#define BEGIN                                                   \
	std::lock_guard<std::recursive_mutex> lock_(mutex);         \
	if (CUresult r = planted(__func__)) return r
#define INITIALIZED \
	BEGIN;          \
	if (!initialized) return not_initialized
#define WITH_CONTEXT                                                       \
	INITIALIZED;                                                           \
	CUcontext context = contexts.empty() ? nullptr : contexts.back();      \
	(void)context;                                                         \
	if (!context || !context->retained) return invalid_context;           \
	if (context->broken) return context->broken
#define WITH_DEVICE(d) \
	INITIALIZED;       \
	if (d < 0 || d >= devices) return invalid_device

#define API extern "C" SIM_API CUresult

// The library of kernels lies beside this one.
void *load_kernels() {
	Dl_info self;
	if (!dladdr((void *)&load_kernels, &self)) return nullptr;
	std::string path = self.dli_fname;
	path = path.substr(0, path.rfind('/') + 1) + "kernels.so";
	void *h = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
	if (!h) say(dlerror());
	return h;
}
const char *(*kernel_sources)() = nullptr;

} // namespace

API cuInit(unsigned flags) {
	BEGIN;
	if (flags) return invalid_value;
	devices = std::min<long>(setting("WEFT_SIM_DEVICES", 1), max_devices);
	if (devices <= 0) return no_device;
	if (initialized) return ok;
	lazy = setting("WEFT_SIM_LAZY", 0);
	memory_total = (size_t)setting("WEFT_SIM_MEMORY", 4096) << 20;
	memory_used = memory_total - ((size_t)setting("WEFT_SIM_FREE", memory_total >> 20) << 20);
	for (int i = 0; i < max_devices; i++) primary[i].device = i;
	const std::string order = getenv("WEFT_SIM_SCHEDULE") ? getenv("WEFT_SIM_SCHEDULE") : "forward";
	void *kernels = load_kernels();
	if (!kernels) return unknown;
	kernel_sources = (const char *(*)())dlsym(kernels, "weft_sources");
	sim::configure(order == "reverse"    ? sim::Schedule::reverse
	               : order == "shuffled" ? sim::Schedule::shuffled
	                                     : sim::Schedule::forward,
	               (void *(*)())dlsym(kernels, "weft_anchor"));
	streams.push_back(default_stream);
	initialized = true;
	return ok;
}

API cuDriverGetVersion(int *v) {
	BEGIN;
	*v = setting("WEFT_SIM_DRIVER", 12040);
	return ok;
}

// Devices.

API cuDeviceGetCount(int *n) { INITIALIZED; *n = devices; return ok; }
API cuDeviceGet(CUdevice *d, int ordinal) { WITH_DEVICE(ordinal); *d = ordinal; return ok; }
API cuDeviceGetName(char *s, int n, CUdevice d) { WITH_DEVICE(d); snprintf(s, n, "Simulated device %d", d); return ok; }
API cuDeviceTotalMem_v2(size_t *n, CUdevice d) { WITH_DEVICE(d); *n = memory_total; return ok; }
API cuDeviceGetAttribute(int *v, int attribute, CUdevice d) {
	WITH_DEVICE(d);
	const int capability = setting("WEFT_SIM_CAPABILITY", 80);
	static const std::map<int, int> values = {
		{1, 1024}, {2, 1024}, {3, 1024}, {4, 64}, {5, 2147483647}, {6, 65535}, {7, 65535}, {8, 49152}, {10, 32},
		{16, 2}, {39, 2048}, {41, 1}, {97, 166912}, {115, 1},
	};
	auto i = values.find(attribute);
	*v = attribute == 75 ? capability / 10 : attribute == 76 ? capability % 10 : i != values.end() ? i->second : 0;
	return ok;
}

// Contexts.

API cuDevicePrimaryCtxRetain(CUcontext *c, CUdevice d) { WITH_DEVICE(d); primary[d].retained++; *c = &primary[d]; return ok; }
API cuDevicePrimaryCtxRelease_v2(CUdevice d) {
	WITH_DEVICE(d);
	if (primary[d].retained <= 0) return invalid_context;
	primary[d].retained--;
	return ok;
}
API cuCtxSetCurrent(CUcontext c) {
	INITIALIZED;
	contexts.assign(1, c);
	return ok;
}
API cuCtxGetCurrent(CUcontext *c) { INITIALIZED; *c = contexts.empty() ? nullptr : contexts.back(); return ok; }

// Streams. Work is done at once or, lazily, when something waits for it. An
// error breaks the context, and every later call returns it.

namespace {

void do_next(Stream *s) {
	auto f = std::move(s->work.front());
	s->work.pop_front();
	f();
}
void drain(Stream *s) { while (!s->work.empty()) do_next(s); }
void drain_all() { for (Stream *s : streams) drain(s); }
Stream *resolve(CUstream s) { return s ? s : default_stream; }
bool valid(CUstream s) { return std::find(streams.begin(), streams.end(), resolve(s)) != streams.end(); }

CUresult enqueue(CUcontext c, CUstream handle, std::function<CUresult()> f) {
	if (!valid(handle)) return invalid_handle;
	Stream *s = resolve(handle);
	// The default stream and blocking ones wait for each other.
	if (s == default_stream) {
		for (Stream *o : streams) if (o != s && !(o->flags & 1)) drain(o);
	} else if (!(s->flags & 1)) drain(default_stream);
	s->work.push_back([c, f = std::move(f)] {
		if (c->broken) return c->broken;
		const CUresult r = f(); // a wait may find what breaks the context
		return c->broken ? c->broken : c->broken = r;
	});
	if (!lazy) drain(s);
	return ok;
}

// wait_for does what lies before e, and nothing that lies behind a wait.
void wait_for(Event *e) {
	while (e->pending && !e->stream->work.empty()) do_next(e->stream);
}

} // namespace

API cuStreamCreate(CUstream *s, unsigned flags) { WITH_CONTEXT; streams.push_back(*s = new Stream{{}, flags}); return ok; }
API cuStreamDestroy_v2(CUstream s) {
	WITH_CONTEXT;
	if (!s || !valid(s)) return invalid_handle;
	drain(s);
	streams.erase(std::find(streams.begin(), streams.end(), s));
	delete s;
	return ok;
}
API cuStreamSynchronize(CUstream s) {
	WITH_CONTEXT;
	if (!valid(s)) return invalid_handle;
	drain(resolve(s));
	return context->broken;
}
API cuStreamQuery(CUstream s) { WITH_CONTEXT; return !valid(s) ? invalid_handle : resolve(s)->work.empty() ? ok : not_ready; }
API cuCtxSynchronize() { WITH_CONTEXT; drain_all(); return context->broken; }
API cuStreamWaitEvent(CUstream s, CUevent e, unsigned) {
	WITH_CONTEXT;
	if (!events.count(e)) return invalid_handle;
	if (!e->pending) return valid(s) ? ok : invalid_handle;
	return enqueue(context, s, [e] { wait_for(e); return ok; });
}

API cuEventCreate(CUevent *e, unsigned) { WITH_CONTEXT; events.insert(*e = new Event); return ok; }
API cuEventDestroy_v2(CUevent e) {
	WITH_CONTEXT;
	if (!events.erase(e)) return invalid_handle;
	wait_for(e);
	delete e;
	return ok;
}
API cuEventRecord(CUevent e, CUstream s) {
	WITH_CONTEXT;
	if (!events.count(e)) return invalid_handle;
	if (!valid(s)) return invalid_handle;
	e->pending++, e->stream = resolve(s), e->recorded = true, e->asked = false;
	return enqueue(context, s, [e] { e->time = std::chrono::steady_clock::now(), e->pending--; return ok; });
}
// A lazy event is not ready when first asked for, and is the second time.
API cuEventQuery(CUevent e) {
	WITH_CONTEXT;
	if (!events.count(e)) return invalid_handle;
	if (e->pending && e->asked) wait_for(e);
	e->asked = true;
	return context->broken ? context->broken : e->pending ? not_ready : ok;
}
API cuEventSynchronize(CUevent e) {
	WITH_CONTEXT;
	if (!events.count(e)) return invalid_handle;
	wait_for(e);
	return context->broken;
}
API cuEventElapsedTime(float *ms, CUevent a, CUevent b) {
	WITH_CONTEXT;
	if (!events.count(a) || !events.count(b) || !a->recorded || !b->recorded) return invalid_handle;
	if (a->pending || b->pending) return not_ready;
	*ms = std::chrono::duration<float, std::milli>(b->time - a->time).count();
	return ok;
}

// Memory. An allocation lies between guards, but for what it takes to begin at a
// multiple of 256 bytes, as CUDA promises, and to end with a page: slack, which
// is looked at after every kernel. New device memory is NaN.

namespace {

void *reserve(std::map<uintptr_t, Block> &blocks, size_t n) {
	const size_t padded = (n + 255) & ~(size_t)255;
	const size_t map_size = ((padded + page - 1) & ~(page - 1)) + 2 * guard;
	char *m = (char *)mmap(nullptr, map_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (m == MAP_FAILED) return nullptr;
	mprotect(m, guard, PROT_NONE);
	mprotect(m + map_size - guard, guard, PROT_NONE);
	char *p = m + map_size - guard - padded;
	memset(m + guard, slack, p - m - guard);
	memset(p + n, slack, padded - n);
	if (&blocks == &device_memory) memset(p, 0xff, n);
	blocks[(uintptr_t)p] = {n, padded, m, map_size};
	return p;
}

bool intact(uintptr_t p, const Block &b) {
	const auto *start = (const unsigned char *)p, *end = start + b.size;
	const auto *first = (const unsigned char *)b.map + guard, *last = start + b.padded;
	auto untouched = [](unsigned char c) { return c == slack; };
	if (std::all_of(first, start, untouched) && std::all_of(end, last, untouched)) return true;
	say("something wrote beside an allocation of " + std::to_string(b.size) + " bytes");
	return false;
}

bool release(std::map<uintptr_t, Block> &blocks, uintptr_t p) {
	auto i = blocks.find(p);
	if (i == blocks.end()) return false;
	munmap(i->second.map, i->second.map_size);
	blocks.erase(i);
	return true;
}

// inside reports whether n bytes from p lie in one allocation.
bool inside(const std::map<uintptr_t, Block> &blocks, uintptr_t p, size_t n) {
	auto i = blocks.upper_bound(p);
	if (i == blocks.begin()) return false;
	--i;
	return p + n <= i->first + i->second.size;
}

CUresult outside(const char *call, CUdeviceptr p, size_t n) {
	char text[160];
	snprintf(text, sizeof text, "%s: %zu bytes from %#llx are not inside one allocation", call, n, p);
	say(text);
	return invalid_value;
}

} // namespace

API cuMemGetInfo_v2(size_t *free, size_t *total) { WITH_CONTEXT; *free = memory_total - memory_used, *total = memory_total; return ok; }
API cuMemAlloc_v2(CUdeviceptr *p, size_t n) {
	WITH_CONTEXT;
	if (n == 0) return invalid_value;
	if (n > memory_total - memory_used) return out_of_memory;
	void *m = reserve(device_memory, n);
	if (!m) return out_of_memory;
	memory_used += n;
	*p = (CUdeviceptr)m;
	return ok;
}
API cuMemFree_v2(CUdeviceptr p) {
	WITH_CONTEXT;
	if (!p) return ok;
	drain_all(); // cuMemFree waits
	auto i = device_memory.find(p);
	if (i == device_memory.end()) return invalid_value;
	if (!intact(p, i->second)) return context->broken = illegal_address;
	memory_used -= i->second.size;
	release(device_memory, p);
	return context->broken;
}
API cuMemAllocAsync(CUdeviceptr *p, size_t n, CUstream) { return cuMemAlloc_v2(p, n); }
API cuMemFreeAsync(CUdeviceptr p, CUstream s) {
	WITH_CONTEXT;
	if (!device_memory.count(p)) return invalid_value;
	return enqueue(context, s, [p] {
		auto i = device_memory.find(p);
		if (i == device_memory.end()) return (CUresult)invalid_value;
		if (!intact(p, i->second)) return (CUresult)illegal_address;
		memory_used -= i->second.size;
		release(device_memory, p);
		return (CUresult)ok;
	});
}
API cuMemHostAlloc(void **p, size_t n, unsigned) {
	WITH_CONTEXT;
	if (n == 0) return invalid_value;
	return (*p = reserve(host_memory, n)) ? ok : out_of_memory;
}
API cuMemFreeHost(void *p) { WITH_CONTEXT; return release(host_memory, (uintptr_t)p) ? ok : invalid_value; }

// Copies. From pageable memory an asynchronous copy reads at the call; to it,
// it returns when done.

API cuMemcpyHtoDAsync_v2(CUdeviceptr d, const void *h, size_t n, CUstream s) {
	WITH_CONTEXT;
	if (!inside(device_memory, d, n)) return outside(__func__, d, n);
	if (inside(host_memory, (uintptr_t)h, n)) return enqueue(context, s, [=] { memcpy((void *)d, h, n); return ok; });
	auto copy = std::make_shared<std::vector<char>>((const char *)h, (const char *)h + n);
	return enqueue(context, s, [=] { memcpy((void *)d, copy->data(), n); return ok; });
}
API cuMemcpyDtoHAsync_v2(void *h, CUdeviceptr d, size_t n, CUstream s) {
	WITH_CONTEXT;
	if (!inside(device_memory, d, n)) return outside(__func__, d, n);
	CUresult r = enqueue(context, s, [=] { memcpy(h, (const void *)d, n); return ok; });
	if (r == ok && !inside(host_memory, (uintptr_t)h, n)) drain(resolve(s));
	return r;
}
API cuMemcpyDtoDAsync_v2(CUdeviceptr d, CUdeviceptr from, size_t n, CUstream s) {
	WITH_CONTEXT;
	if (!inside(device_memory, d, n)) return outside(__func__, d, n);
	if (!inside(device_memory, from, n)) return outside(__func__, from, n);
	return enqueue(context, s, [=] { memmove((void *)d, (const void *)from, n); return ok; });
}
API cuMemcpyHtoD_v2(CUdeviceptr d, const void *h, size_t n) {
	CUresult r = cuMemcpyHtoDAsync_v2(d, h, n, nullptr);
	return r != ok ? r : cuStreamSynchronize(nullptr);
}
API cuMemcpyDtoH_v2(void *h, CUdeviceptr d, size_t n) {
	CUresult r = cuMemcpyDtoHAsync_v2(h, d, n, nullptr);
	return r != ok ? r : cuStreamSynchronize(nullptr);
}
API cuMemsetD32Async(CUdeviceptr d, unsigned v, size_t n, CUstream s) {
	WITH_CONTEXT;
	if (!inside(device_memory, d, 4 * n)) return outside(__func__, d, 4 * n);
	return enqueue(context, s, [=] { std::fill_n((unsigned *)d, n, v); return ok; });
}

// Modules. The text is held against the kernels that were compiled for the host.

namespace {

// The newest PTX that a driver of version v takes.
int newest_isa(int v) { return v >= 13000 ? 90 + v % 1000 / 10 : v >= 12000 ? 80 + v % 1000 / 10 : 70 + v % 1000 / 10; }

CUresult load(const char *image, CUmodule *out, std::string &why) {
	sim::PTX ptx;
	if (!sim::parse(image, ptx)) return why = "not PTX", invalid_image;
	const int capability = setting("WEFT_SIM_CAPABILITY", 80);
	if (ptx.isa > newest_isa(setting("WEFT_SIM_DRIVER", 12040))) return why = "PTX newer than the driver", unsupported_ptx;
	if (ptx.target > capability || (ptx.exact && ptx.target != capability)) return why = "PTX for another device", no_binary;
	if (kernel_sources && ptx.sources != kernel_sources())
		return why = "stale PTX: it was made from other sources than the simulated kernels", invalid_ptx;
	auto m = std::make_unique<Module>();
	for (const sim::PTXEntry &e : ptx.entries) {
		const sim::Entry *k = sim::find(e.name);
		if (!k) return why = "stale PTX: there is no kernel " + e.name, invalid_ptx;
		if (k->sizes != e.sizes) return why = "stale PTX: the parameters of " + e.name + " are others", invalid_ptx;
		if (k->threads != e.threads) return why = "stale PTX: the block size of " + e.name + " is another", invalid_ptx;
		m->functions[e.name] = {k, e.name, 0};
	}
	modules.insert(*out = m.release());
	return ok;
}

} // namespace

API cuModuleLoadDataEx(CUmodule *m, const void *image, unsigned n, int *options, void **values) {
	WITH_CONTEXT;
	std::string why;
	CUresult r = load((const char *)image, m, why);
	if (r != ok) say(why);
	char *log = nullptr;
	size_t size = 0;
	for (unsigned i = 0; i < n; i++) {
		if (options[i] == 5) log = (char *)values[i];
		if (options[i] == 6) size = (size_t)values[i];
	}
	if (log && size) snprintf(log, size, "%s", why.c_str());
	return r;
}
API cuModuleLoadData(CUmodule *m, const void *image) { return cuModuleLoadDataEx(m, image, 0, nullptr, nullptr); }
API cuModuleUnload(CUmodule m) {
	WITH_CONTEXT;
	if (!modules.erase(m)) return invalid_handle;
	drain_all();
	delete m;
	return ok;
}
API cuModuleGetFunction(CUfunction *f, CUmodule m, const char *name) {
	WITH_CONTEXT;
	if (!modules.count(m)) return invalid_handle;
	auto i = m->functions.find(name);
	if (i == m->functions.end()) return not_found;
	*f = &i->second;
	return ok;
}
API cuFuncGetAttribute(int *v, int attribute, CUfunction f) {
	WITH_CONTEXT;
	*v = attribute == 0 ? (int)f->entry->threads : attribute == 4 ? 32 : attribute == 5 ? 70 : 0;
	return ok;
}
API cuFuncSetAttribute(CUfunction f, int attribute, int v) {
	WITH_CONTEXT;
	if (attribute == 8) f->shared = v;
	return ok;
}

// A tensor map for 32 words of four bytes of rows that are swizzled by 128 bytes.
API cuTensorMapEncodeTiled(void *to, int type, unsigned rank, void *base, const uint64_t *sizes, const uint64_t *strides, const unsigned *box,
                           const unsigned *steps, int interleave, int swizzle, int, int outside) {
	WITH_CONTEXT;
	if (setting("WEFT_SIM_DRIVER", 12040) < 12000) return not_supported;
	if ((uintptr_t)to % 64 || type != 2 || rank != 2 || (uintptr_t)base % 16 || strides[0] % 16 || box[0] != 32 || !box[1] || box[1] > 256 ||
	    !sizes[0] || !sizes[1] || sizes[0] > 1ull << 32 || sizes[1] > 1ull << 32 || steps[0] != 1 || steps[1] != 1 || interleave || swizzle != 3 || outside)
		return invalid_value;
	*(sim::TensorMap *)to = {sim::tiled, (const unsigned char *)base, sizes[0], sizes[1], strides[0], box[1], {}};
	return ok;
}

API cuLaunchKernel(CUfunction f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, CUstream s, void **args,
                   void **extra) {
	WITH_CONTEXT;
	if (extra) return not_supported;
	if (shared > 227 << 10 || (shared > 48 << 10 && shared > f->shared))
		return say("more shared memory than was asked for, for " + f->name), invalid_value;
	if (!gx || !gy || !gz || gx > 2147483647u || gy > 65535 || gz > 65535) return invalid_value;
	if ((uint64_t)bx * by * bz != f->entry->threads) return say("wrong block size for " + f->name), invalid_value;
	auto l = std::make_shared<sim::Launch>();
	l->entry = f->entry, l->grid = {gx, gy, gz}, l->block = {bx, by, bz}, l->shared = shared;
	// Arguments are read at the call, each into eight bytes of its own.
	struct alignas(64) Value { char bytes[128]; };
	auto values = std::make_shared<std::vector<Value>>(f->entry->sizes.size());
	for (size_t i = 0; i < values->size(); i++) {
		if (!args[i]) return invalid_value;
		memcpy(&(*values)[i], args[i], f->entry->sizes[i]);
		l->args.push_back(&(*values)[i]);
	}
	launches++;
	if (long n = setting("WEFT_SIM_LOST", 0); n && launches > n) {
		context->broken = unknown;
		return unknown;
	}
	if (const char *fault = getenv("WEFT_SIM_FAULT")) {
		static long seen;
		char name[64];
		long nth = 1;
		if (sscanf(fault, "%63[^:]:%ld", name, &nth) >= 1 && f->name == name && ++seen == nth)
			return enqueue(context, s, [] { return illegal_address; });
	}
	return enqueue(context, s, [l, values] {
		CUresult r = sim::run(*l);
		if (r != ok) say(l->reason);
		if (r == ok && *(void **)l->args[0] && l->looks < (long)((uint64_t)l->grid.x * l->grid.y * l->grid.z))
			say(std::string("blocks of kernel ") + l->entry->name + " never looked whether to stop"), r = launch_failed;
		for (auto &[p, b] : device_memory)
			if (r == ok && !intact(p, b)) say(std::string("… after kernel ") + l->entry->name), r = illegal_address;
		return r;
	});
}

// Errors.

API cuGetErrorName(CUresult r, const char **s) {
	static const std::map<CUresult, const char *> names = {
		{0, "CUDA_SUCCESS"}, {1, "CUDA_ERROR_INVALID_VALUE"}, {2, "CUDA_ERROR_OUT_OF_MEMORY"}, {3, "CUDA_ERROR_NOT_INITIALIZED"},
		{100, "CUDA_ERROR_NO_DEVICE"}, {101, "CUDA_ERROR_INVALID_DEVICE"}, {200, "CUDA_ERROR_INVALID_IMAGE"}, {201, "CUDA_ERROR_INVALID_CONTEXT"},
		{209, "CUDA_ERROR_NO_BINARY_FOR_GPU"}, {218, "CUDA_ERROR_INVALID_PTX"}, {222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION"},
		{400, "CUDA_ERROR_INVALID_HANDLE"}, {500, "CUDA_ERROR_NOT_FOUND"}, {600, "CUDA_ERROR_NOT_READY"}, {700, "CUDA_ERROR_ILLEGAL_ADDRESS"},
		{702, "CUDA_ERROR_LAUNCH_TIMEOUT"}, {719, "CUDA_ERROR_LAUNCH_FAILED"}, {801, "CUDA_ERROR_NOT_SUPPORTED"}, {999, "CUDA_ERROR_UNKNOWN"},
	};
	auto i = names.find(r);
	*s = i == names.end() ? nullptr : i->second;
	return *s ? ok : invalid_value;
}
API cuGetErrorString(CUresult r, const char **s) { return cuGetErrorName(r, s); }
