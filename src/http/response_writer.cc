#include "http/response_writer.h"

#include <charconv>
#include <chrono>
#include <ctime>

namespace sluice::http {

namespace {

// The Date header's value, made once a second.
std::string_view http_date() {
  thread_local std::time_t made = 0;
  thread_local char text[40];
  thread_local std::size_t size = 0;
  const std::time_t now = std::time(nullptr);
  if (now != made) {
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    made = now;
  }
  return {text, size};
}

// The head being built; sent or copied before the thread builds the next one.
TextBuffer& head_buffer() {
  thread_local TextBuffer buffer;
  return buffer;
}

std::string_view chunk_size_line(char (&line)[24], std::size_t size) {
  char* end = std::to_chars(line, line + 20, size, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  return {line, static_cast<std::size_t>(end - line)};
}

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 413: return "Content Too Large";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

HeaderBlock& HeaderBlock::add(std::string_view name, std::string_view value) {
  if (!value.contains('\r') && !value.contains('\n') && !value.contains('\0'))
    return add_clean(name, value);
  text_.append(name).append(": ");
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') text_.push(c);
  }
  text_.append("\r\n");
  return *this;
}

ResponseWriter::ResponseWriter(io::Stream& client, const Head& request, bool closing)
    : client_(client),
      head_only_(request.method == "HEAD"),
      http10_(request.minor == 0),
      closing_(closing || !request.keep_alive) {}

// Builds the head up to its framing headers.
TextBuffer& ResponseWriter::start_head(int status, const HeaderBlock& headers) {
  begun_ = true;
  status_ = status;
  TextBuffer& head = head_buffer();
  head.clear();
  head.append("HTTP/1.1 ").append_number(status).push(' ').append(reason_phrase(status));
  head.append("\r\ndate: ").append(http_date()).append("\r\nserver: sluice\r\n");
  head.append(headers.text());
  if (!common_.empty()) head.append(common_);
  return head;
}

std::string_view ResponseWriter::end_head(TextBuffer& head) const {
  if (closing_)
    head.append("connection: close\r\n");
  else if (http10_)
    head.append("connection: keep-alive\r\n");
  return head.append("\r\n").text();
}

io::Stream::SendOp ResponseWriter::send(int status, const HeaderBlock& headers,
                                        std::string_view body) {
  finished_ = true;
  const bool bodiless = status == 204 || status == 304;
  TextBuffer& buffer = start_head(status, headers);
  if (!bodiless)
    buffer.append("content-length: ")
        .append_number(static_cast<std::int64_t>(body.size()))
        .append("\r\n");
  const std::string_view head = end_head(buffer);
  return client_.send({head, head_only_ || bodiless ? std::string_view() : body});
}

io::Stream::SendOp ResponseWriter::begin(int status, const HeaderBlock& headers,
                                         std::string_view data) {
  // HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
  chunked_ = !http10_;
  if (http10_) closing_ = true;
  TextBuffer& buffer = start_head(status, headers);
  if (chunked_) buffer.append("transfer-encoding: chunked\r\n");
  const std::string_view head = end_head(buffer);
  if (head_only_ || data.empty()) return client_.send({head});
  if (!chunked_) return client_.send({head, data});
  return client_.send({head, chunk_size_line(size_line_, data.size()), data, "\r\n"});
}

io::Stream::SendOp ResponseWriter::write(std::string_view data) {
  if (head_only_) return client_.send({std::string_view()});
  if (!chunked_) return client_.send({data});
  return client_.send({chunk_size_line(size_line_, data.size()), data, "\r\n"});
}

io::Stream::SendOp ResponseWriter::finish(std::string_view data) {
  finished_ = true;
  if (head_only_ || (!chunked_ && data.empty())) return client_.send({std::string_view()});
  if (!chunked_) return client_.send({data});
  if (data.empty()) return client_.send({"0\r\n\r\n"});
  return client_.send({chunk_size_line(size_line_, data.size()), data, "\r\n0\r\n\r\n"});
}

}  // namespace sluice::http
