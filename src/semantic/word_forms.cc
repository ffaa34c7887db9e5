#include "semantic/word_forms.h"

#include <algorithm>
#include <array>

namespace sluice::semantic {
namespace {

// With the empty one, so that "happy" and "unhappy" differ in theirs.
constexpr auto prefixes = std::to_array<std::string_view>(
    {"",       "un",   "in",    "im",   "ir",    "il",     "dis",   "non",     "mis",  "anti",
     "de",     "ab",   "re",    "pre",  "post",  "sub",    "super", "hyper",   "hypo", "micro",
     "macro",  "mini", "maxi",  "mega", "intra", "inter",  "extra", "uni",     "mono", "bi",
     "di",     "tri",  "multi", "poly", "homo",  "hetero", "endo",  "exo",     "over", "under",
     "up",     "down", "out",   "fore", "back",  "pro",    "con",   "counter", "semi", "neo",
     "pseudo", "auto", "self",  "ex",   "iso",   "meth",   "eth",   "prop",    "kilo", "milli",
     "centi",  "nano", "step",  "grand"});
constexpr auto endings = std::to_array<std::string_view>(
    {"ate", "ite", "ide", "ane", "ene", "yne", "ine", "one", "ase",  "ose",  "ol",  "al",
     "ous", "ic",  "er",  "or",  "ee",  "ist", "ism", "ful", "less", "able", "est", "ess"});
constexpr auto derived_endings = std::to_array<std::string_view>(
    {"ment", "ion",   "ation", "tion",  "al",     "ally",    "ly",  "ity",
     "ness", "ing",   "ed",    "ive",   "ance",   "ence",    "ial", "ical",
     "ic",   "ional", "y",     "ional", "cation", "ications"});

// Shorter stems make too many pairs by chance ("in-to" and "on-to").
constexpr std::size_t shortest_stem = 3;

bool differ_in_prefix(std::string_view a, std::string_view b) {
  const auto same = std::ranges::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  const auto common = static_cast<std::size_t>(same.in1 - a.rbegin());
  if (common < shortest_stem) return false;
  for (const auto of_a : prefixes) {
    if (!a.starts_with(of_a) || a.size() < of_a.size() + shortest_stem) continue;
    const std::size_t stem = a.size() - of_a.size();
    if (stem > common || b.size() < stem) continue;
    const std::string_view of_b = b.substr(0, b.size() - stem);
    if (of_b != of_a && std::ranges::find(prefixes, of_b) != prefixes.end()) return true;
  }
  return false;
}

bool differ_in_ending(std::string_view a, std::string_view b) {
  for (const auto of_a : endings) {
    if (!a.ends_with(of_a) || a.size() < of_a.size() + shortest_stem) continue;
    const std::string_view stem = a.substr(0, a.size() - of_a.size());
    if (!b.starts_with(stem)) continue;
    const std::string_view of_b = b.substr(stem.size());
    if (of_b != of_a && std::ranges::find(endings, of_b) != endings.end()) return true;
  }
  return false;
}

}  // namespace

bool is_other_form(std::string_view a, std::string_view b) {
  return a != b && (differ_in_prefix(a, b) || differ_in_ending(a, b));
}

bool is_derived(std::string_view a, std::string_view b) {
  const std::string_view shorter = a.size() <= b.size() ? a : b;
  const std::string_view longer = a.size() <= b.size() ? b : a;
  if (shorter.size() < 4) return false;
  const auto same =
      static_cast<std::size_t>(std::ranges::mismatch(shorter, longer).in1 - shorter.begin());
  const std::string_view left = shorter.substr(same);
  if (!left.empty() && left != "e" && left != "y") return false;
  return std::ranges::find(derived_endings, longer.substr(same)) != derived_endings.end();
}

}  // namespace sluice::semantic
