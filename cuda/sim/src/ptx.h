// ptx.h: what the simulated driver reads in PTX: its version and target, and
// the entry points with their parameters. The instructions it does not read.
#pragma once
#include <string>
#include <vector>

namespace sim {

struct PTXEntry {
	std::string name;
	unsigned threads = 0; // .maxntid
	std::vector<unsigned> sizes; // of the parameters
};

struct PTX {
	int isa = 0;             // 70 for .version 7.0
	int target = 0;          // 80 for sm_80
	bool exact = false;      // sm_90a: for this device and no other
	std::string sources;     // the hash in the line "// sources …"
	std::vector<PTXEntry> entries;
};

// parse reads text. The result is false if it is not PTX.
bool parse(const std::string &text, PTX &ptx);

} // namespace sim
