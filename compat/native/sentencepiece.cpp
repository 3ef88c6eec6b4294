// A C interface to libsentencepiece for compat/Tokenizers and for Wgqa.Text.SentencePieceTraining.
//
// Every entry returns 0 on success. On failure it returns 1 and wgqa_sp_error() on the same thread has the message:
// neither a C++ exception nor a Status crosses this boundary. Results that vary in length stay in storage that
// belongs to the calling thread until its next call of the same entry, so the managed side copies each of them once.
#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#define WGQA_API extern "C" __attribute__((visibility("default")))

namespace {

using sentencepiece::SentencePieceProcessor;
using Status = decltype(std::declval<const SentencePieceProcessor&>().status());  // its own, from 0.2.2 on abseil's

thread_local std::string last_error;

int fail(std::string message) {
  last_error = std::move(message);
  return 1;
}

template <typename Any>
auto message_of(const Any& status, int) -> decltype(std::string(status.error_message())) {
  return status.error_message();
}

template <typename Any>
std::string message_of(const Any& status, long) {
  return std::string(status.message());
}

// What a status says, without where and by which check it was raised: "./src/a.cc(12) [x == y] The sentence."
std::string sentence(const Status& status) {
  const std::string message = message_of(status, 0);
  const size_t check = message.find(".cc(");
  const size_t end = check == std::string::npos ? check : message.find("] ", check);
  if (end != std::string::npos && end + 2 < message.size()) return message.substr(end + 2);
  return message.empty() ? status.ToString() : message;
}

// Runs `body`, which returns a Status, and turns whatever goes wrong in it into an error code and a message.
template <typename Body>
int guarded(Body&& body) noexcept {
  try {
    const Status status = body();
    return status.ok() ? 0 : fail(sentence(status));
  } catch (const std::exception& exception) {
    return fail(exception.what());
  } catch (...) {
    return fail("libsentencepiece threw something that is not a std::exception");
  }
}

// Sentences that lie one after another in memory; sentence i ends before byte ends[i].
class SentencesInMemory final : public sentencepiece::SentenceIterator {
 public:
  SentencesInMemory(const char* text, const int64_t* ends, int64_t count) : text_(text), ends_(ends), count_(count) { read(); }

  bool done() const override { return index_ >= count_; }
  void Next() override {
    ++index_;
    read();
  }
  const std::string& value() const override { return value_; }
  Status status() const override { return Status(); }

 private:
  void read() {
    if (done()) return;
    const int64_t begin = index_ == 0 ? 0 : ends_[index_ - 1];
    value_.assign(text_ + begin, static_cast<size_t>(ends_[index_] - begin));
  }

  const char* text_;
  const int64_t* ends_;
  int64_t count_;
  int64_t index_ = 0;
  std::string value_;
};

}  // namespace

// The message of the last failure on this thread, in UTF-8 and terminated by a zero.
WGQA_API const char* wgqa_sp_error() { return last_error.c_str(); }

// Loads a serialized model. The processor may be used by several threads at once.
WGQA_API int wgqa_sp_load(const char* model, int64_t length, void** processor) {
  *processor = nullptr;
  return guarded([&] {
    auto loaded = std::make_unique<SentencePieceProcessor>();
    Status status = loaded->LoadFromSerializedProto(std::string_view(model, static_cast<size_t>(length)));
    if (status.ok()) *processor = loaded.release();
    return status;
  });
}

WGQA_API void wgqa_sp_free(void* processor) { delete static_cast<SentencePieceProcessor*>(processor); }

// Pieces in the model, and the ids of <unk>, <s>, </s> and <pad> (-1 where the model has none).
WGQA_API int wgqa_sp_ids(void* processor, int32_t* size, int32_t* unk, int32_t* bos, int32_t* eos, int32_t* pad) {
  return guarded([&] {
    const auto& model = *static_cast<SentencePieceProcessor*>(processor);
    *size = model.GetPieceSize();
    *unk = model.unk_id();
    *bos = model.bos_id();
    *eos = model.eos_id();
    *pad = model.pad_id();
    return Status();
  });
}

// The text of piece `id`, and its kind: 0 normal, 1 unknown, 2 control, 3 unused, 4 byte.
WGQA_API int wgqa_sp_piece(void* processor, int32_t id, const char** piece, int32_t* length, int32_t* kind) {
  return guarded([&] {
    const auto& model = *static_cast<SentencePieceProcessor*>(processor);
    if (id < 0 || id >= model.GetPieceSize()) {
      throw std::out_of_range("piece " + std::to_string(id) + " is not one of the model's " + std::to_string(model.GetPieceSize()));
    }
    const std::string& text = model.IdToPiece(id);
    *piece = text.data();
    *length = static_cast<int32_t>(text.size());
    *kind = model.IsUnknown(id) ? 1 : model.IsControl(id) ? 2 : model.IsUnused(id) ? 3 : model.IsByte(id) ? 4 : 0;
    return Status();
  });
}

// Splits a text into ids.
WGQA_API int wgqa_sp_encode(void* processor, const char* text, int32_t length, const int32_t** ids, int32_t* count) {
  thread_local std::vector<int> result;
  return guarded([&] {
    const auto& model = *static_cast<SentencePieceProcessor*>(processor);
    Status status = model.Encode(std::string_view(text, static_cast<size_t>(length)), &result);
    *ids = result.data();
    *count = static_cast<int32_t>(result.size());
    return status;
  });
}

// Splits texts that lie one after another into ids that do too: text i ends before byte ends[i], and its ids before ids[id_ends[i]].
WGQA_API int wgqa_sp_encode_all(void* processor, const char* text, const int32_t* ends, int32_t count, const int32_t** ids, const int32_t** id_ends) {
  thread_local std::vector<int32_t> all, all_ends;
  return guarded([&] {
    const auto& model = *static_cast<SentencePieceProcessor*>(processor);
    sentencepiece::ImmutableSentencePieceText pieces;  // one for all texts: memory for each piece is asked for once, not in each text anew
    all.clear();
    all_ends.clear();
    for (int32_t i = 0, start = 0; i < count; start = ends[i], ++i) {
      Status status = model.Encode(std::string_view(text + start, static_cast<size_t>(ends[i] - start)), pieces.mutable_proto());
      if (!status.ok()) return status;
      const int size = static_cast<int>(pieces.pieces_size());
      for (int piece = 0; piece < size; ++piece) all.push_back(static_cast<int32_t>(pieces.pieces(piece).id()));
      all_ends.push_back(static_cast<int32_t>(all.size()));
    }
    *ids = all.data();
    *id_ends = all_ends.data();
    return Status();
  });
}

// Splits a text into ids and pieces; the pieces lie one after another in `pieces`, and piece i ends before byte ends[i].
// The piece of an unknown id is the (normalized) text that it stands for.
WGQA_API int wgqa_sp_encode_pieces(void* processor, const char* text, int32_t length, const int32_t** ids,
                                   const int32_t** ends, const char** pieces, int32_t* count) {
  thread_local std::vector<int32_t> piece_ids;
  thread_local std::vector<int32_t> piece_ends;
  thread_local std::string piece_text;
  return guarded([&] {
    const auto& model = *static_cast<SentencePieceProcessor*>(processor);
    sentencepiece::ImmutableSentencePieceText encoded;
    Status status = model.Encode(std::string_view(text, static_cast<size_t>(length)), encoded.mutable_proto());
    piece_ids.clear();
    piece_ends.clear();
    piece_text.clear();
    for (const auto& piece : encoded.pieces()) {
      piece_ids.push_back(static_cast<int32_t>(piece.id()));
      piece_text += piece.piece();
      piece_ends.push_back(static_cast<int32_t>(piece_text.size()));
    }
    *ids = piece_ids.data();
    *ends = piece_ends.data();
    *pieces = piece_text.data();
    *count = static_cast<int32_t>(piece_ids.size());
    return status;
  });
}

// Joins ids into text; an id that the model lacks is an error.
WGQA_API int wgqa_sp_decode(void* processor, const int32_t* ids, int32_t count, const char** text, int32_t* length) {
  thread_local std::string result;
  return guarded([&] {
    const auto& model = *static_cast<SentencePieceProcessor*>(processor);
    Status status = model.Decode(std::vector<int>(ids, ids + count), &result);
    *text = result.data();
    *length = static_cast<int32_t>(result.size());
    return status;
  });
}

// Trains a model from sentences in memory (see SentencesInMemory). `options` are libsentencepiece's own, as
// name, value, name, value, ...; the serialized model stays valid until this thread's next training.
WGQA_API int wgqa_sp_train(const char* text, const int64_t* ends, int64_t count, const char* const* options,
                           int32_t option_count, const char** model, int64_t* length) {
  thread_local std::string result;
  return guarded([&] {
    std::unordered_map<std::string, std::string> arguments;
    for (int32_t i = 0; i + 1 < option_count; i += 2) arguments.emplace(options[i], options[i + 1]);
    SentencesInMemory sentences(text, ends, count);
    result.clear();
    Status status = sentencepiece::SentencePieceTrainer::Train(arguments, &sentences, &result);
    *model = result.data();
    *length = static_cast<int64_t>(result.size());
    return status;
  });
}
