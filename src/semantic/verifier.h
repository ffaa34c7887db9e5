#pragma once
// The probability that two questions which no veto tells apart ask for the same answer.
#include "semantic/alignment.h"

namespace sluice::semantic {

// What the verifier looks at; symmetric in the two questions. Weights are those of Token::weight:
// a name has 1, a frequent noun about a half.
struct Features {
  double similarity;  // cosine of the embeddings
  double replaced;    // weight of words without a partner, on the side that has less of it
  double added;       // and how much more of it the other side has
};

Features features_of(const Pair& pair, double similarity);

// A logistic regression; fitted on neighbours among CLINC150's queries (half of its intents) and on
// questions made from `sluice eval`'s templates. More features (shares of content and function
// words, word order, question words, synonyms) fitted those better and other data worse.
double probability(const Features& features);

}  // namespace sluice::semantic
