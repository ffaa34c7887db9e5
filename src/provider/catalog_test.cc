#include "provider/catalog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "provider/dialect.h"
#include "provider/endpoint.h"
#include "provider/text.h"

namespace sluice::provider {
namespace {

TEST(Catalog, FindsEveryRowByItsName) {
  for (const auto& row : catalog()) EXPECT_EQ(find_provider(row.name), &row) << row.name;
  EXPECT_EQ(find_provider("nobody"), nullptr);
  EXPECT_EQ(find_provider(""), nullptr);
}

TEST(Catalog, RowsAreComplete) {
  for (const auto& row : catalog()) {
    EXPECT_FALSE(row.display.empty()) << row.name;
    ASSERT_NE(row.dialect, nullptr) << row.name;
    ASSERT_NE(row.dialect->decode_error, nullptr) << row.name;
    EXPECT_TRUE(!row.key_required || !row.key_env.empty()) << row.name;
  }
}

TEST(Catalog, DefaultBasesParseAndHoldTheirVersion) {
  for (const auto& row : catalog()) {
    if (row.base_url.empty()) continue;
    const auto base = parse_base_url(row.base_url);
    ASSERT_TRUE(base) << row.name << ": " << base.error().message;
    EXPECT_TRUE(row.base_url.ends_with(row.version_path)) << row.name;
    const bool is_local = base->host == "localhost" || base->host == "127.0.0.1" ||
                          base->host.ends_with(".invalid");  // never resolved: RFC 2606
    EXPECT_TRUE(base->tls || is_local) << row.name;
  }
}

TEST(Catalog, NoParameterIsBothRefusedAndRenamed) {
  for (const auto& row : catalog())
    for (const auto& [ours, theirs] : row.renamed_params)
      EXPECT_EQ(std::ranges::count(row.unsupported_params, ours), 0) << row.name << " " << ours;
}

TEST(Catalog, WhatSluiceLacksIsNoRow) {
  EXPECT_TRUE(is_missing_provider("bedrock"));
  EXPECT_TRUE(is_missing_provider("vertex_ai"));
  EXPECT_FALSE(is_missing_provider("openai"));
  for (const auto& row : catalog()) EXPECT_FALSE(is_missing_provider(row.name)) << row.name;
}

TEST(Catalog, KeysComeFromTheVariablesThatLiteLlmReads) {
  struct Case {
    std::string_view provider;
    std::vector<std::string_view> variables;
  };
  const std::array cases{
      Case{"openai", {"OPENAI_API_KEY"}},
      Case{"azure", {"AZURE_OPENAI_API_KEY", "AZURE_API_KEY"}},
      Case{"perplexity", {"PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"}},
      Case{"huggingface", {"HF_TOKEN", "HUGGINGFACE_API_KEY"}},
      Case{"ollama", {"OLLAMA_API_KEY"}},
  };
  for (const auto& [provider, variables] : cases)
    EXPECT_TRUE(std::ranges::equal(find_provider(provider)->key_env, variables)) << provider;
}

// "`A`, `B`", as the table writes variables.
std::string cell_of(ProviderSpec::Names names) {
  std::string cell;
  for (const auto name : names) cell += concat({cell.empty() ? "" : ", ", "`", name, "`"});
  return cell.empty() ? "–" : cell;
}

TEST(Catalog, EveryRowIsInTheTableOfTheDocumentation) {
  const auto path = std::filesystem::path(SLUICE_GOLDEN_DIR) / "../../docs/providers.md";
  std::ostringstream page;
  page << std::ifstream(path).rdbuf();
  for (const auto& row : catalog()) {
    if (row.base_url.ends_with(".invalid")) continue;  // the demo's own, which calls nobody
    const auto base = row.base_url.empty() ? "–" : row.base_url;
    const auto cells = concat({"\n| `", row.name, "` | ", cell_of(row.key_env), " | ",
                               cell_of(row.base_env), " | ", base, " |"});
    EXPECT_TRUE(page.str().contains(cells)) << cells;
  }
}

}  // namespace
}  // namespace sluice::provider
