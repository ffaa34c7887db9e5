#include "semantic/contractions.h"

#include <algorithm>
#include <array>

namespace sluice::semantic {
namespace {

struct Row {
  std::string_view short_form, words;
};

// Sorted. Forms without the apostrophe that are words themselves ("ill", "were") are not here.
constexpr std::array rows{
    Row{"ain't", "is not"},
    Row{"aint", "is not"},
    Row{"aren't", "are not"},
    Row{"arent", "are not"},
    Row{"can't", "can not"},
    Row{"cannot", "can not"},
    Row{"cant", "can not"},
    Row{"couldn't", "could not"},
    Row{"couldnt", "could not"},
    Row{"didn't", "did not"},
    Row{"didnt", "did not"},
    Row{"doesn't", "does not"},
    Row{"doesnt", "does not"},
    Row{"don't", "do not"},
    Row{"dont", "do not"},
    Row{"gonna", "going to"},
    Row{"gotta", "got to"},
    Row{"hadn't", "had not"},
    Row{"hasn't", "has not"},
    Row{"hasnt", "has not"},
    Row{"haven't", "have not"},
    Row{"havent", "have not"},
    Row{"he's", "he is"},
    Row{"here's", "here is"},
    Row{"how's", "how is"},
    Row{"hows", "how is"},
    Row{"i'd", "i would"},
    Row{"i'll", "i will"},
    Row{"i'm", "i am"},
    Row{"i've", "i have"},
    Row{"im", "i am"},
    Row{"isn't", "is not"},
    Row{"isnt", "is not"},
    Row{"it's", "it is"},
    Row{"ive", "i have"},
    Row{"let's", "let us"},
    Row{"mightn't", "might not"},
    Row{"mustn't", "must not"},
    Row{"needn't", "need not"},
    Row{"she's", "she is"},
    Row{"should've", "should have"},
    Row{"shouldn't", "should not"},
    Row{"shouldnt", "should not"},
    Row{"that's", "that is"},
    Row{"thats", "that is"},
    Row{"there's", "there is"},
    Row{"they're", "they are"},
    Row{"theyre", "they are"},
    Row{"wanna", "want to"},
    Row{"wasn't", "was not"},
    Row{"wasnt", "was not"},
    Row{"weren't", "were not"},
    Row{"werent", "were not"},
    Row{"what's", "what is"},
    Row{"whats", "what is"},
    Row{"when's", "when is"},
    Row{"whens", "when is"},
    Row{"where's", "where is"},
    Row{"wheres", "where is"},
    Row{"who's", "who is"},
    Row{"whos", "who is"},
    Row{"why's", "why is"},
    Row{"won't", "will not"},
    Row{"wont", "will not"},
    Row{"wouldn't", "would not"},
    Row{"wouldnt", "would not"},
    Row{"you're", "you are"},
    Row{"you've", "you have"},
    Row{"youre", "you are"},
};
static_assert(std::ranges::is_sorted(rows, {}, &Row::short_form));

constexpr std::array endings{
    Row{"d", "would"}, Row{"ll", "will"}, Row{"m", "am"},
    Row{"re", "are"},  Row{"t", "not"},   Row{"ve", "have"},
};

std::string_view words_of(const auto& table, std::string_view form) {
  const auto at = std::ranges::lower_bound(table, form, {}, &Row::short_form);
  return at != table.end() && at->short_form == form ? at->words : std::string_view();
}

}  // namespace

std::string_view without_contraction(std::string_view word) { return words_of(rows, word); }
std::string_view of_ending(std::string_view ending) { return words_of(endings, ending); }

}  // namespace sluice::semantic
