#include "ptx.h"
#include <cstdio>
#include <sstream>

namespace sim {

static unsigned size_of(const std::string &parameter) {
	// ".param .u64 name" or ".param .align 8 .b8 name[24]"
	if (auto b = parameter.find('['); b != std::string::npos) return std::stoul(parameter.substr(b + 1));
	for (auto [type, size] : {std::pair{"64 ", 8u}, {"32 ", 4u}, {"16 ", 2u}, {"8 ", 1u}})
		if (parameter.find(type) != std::string::npos) return size;
	return 0;
}

bool parse(const std::string &text, PTX &ptx) {
	std::istringstream lines(text);
	PTXEntry *open = nullptr; // the entry whose head is being read
	for (std::string line; std::getline(lines, line);) {
		int major, minor;
		char name[256], suffix = 0;
		if (sscanf(line.c_str(), ".version %d.%d", &major, &minor) == 2) ptx.isa = major * 10 + minor;
		else if (sscanf(line.c_str(), ".target sm_%d%c", &ptx.target, &suffix) >= 1) ptx.exact = suffix == 'a';
		else if (sscanf(line.c_str(), "// sources %255s", name) == 1) ptx.sources = name;
		else if (auto p = line.find(".entry "); p != std::string::npos) {
			const auto end = line.find_first_of("( ", p + 7);
			ptx.entries.push_back({line.substr(p + 7, end - p - 7), 0, {}});
			open = line.find(")") == std::string::npos || line.find(".param") != std::string::npos ? &ptx.entries.back() : nullptr;
		} else if (open && line.find(".param ") != std::string::npos) open->sizes.push_back(size_of(line + " "));
		else if (!ptx.entries.empty() && line.rfind(".maxntid ", 0) == 0) ptx.entries.back().threads = std::stoul(line.substr(9));
		else if (!line.empty() && line[0] == '{') open = nullptr;
	}
	return ptx.isa != 0 && ptx.target != 0;
}

} // namespace sim
