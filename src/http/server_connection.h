// One connection of a server; private to http.
//
// Two tasks: one reads whatever the client sends, so that its going away is seen at any time; the
// other answers one request after the other.
#pragma once
#include <memory>
#include <string>

#include "base/coroutine.h"
#include "http/codec.h"
#include "http/server.h"
#include "rt/sync.h"
#include "rt/task_group.h"

namespace jibe::http {

class ServerConnection {
 public:
  ServerConnection(rt::Runtime& runtime, Handler& handler, const ServerOptions& options,
                   std::unique_ptr<net::ByteStream> stream);

  // To the end of the connection. Throws only base::Cancelled.
  Task<void> run();
  // Ends an idle connection or a streaming body now, another after the answer in progress.
  void wind_down();
  void abort() { tasks_.cancel(); }

 private:
  Task<void> read_input();
  Task<void> fill_input();
  Task<void> serve();
  Task<void> serve_requests();
  Task<void> serve_tunnel(net::ByteStream& other);
  Task<void> tunnel_in(net::ByteStream& other);
  Task<void> tunnel_out(net::ByteStream& other);

  // nullopt: the client is gone, was idle for too long, or the server stops.
  Task<std::optional<RequestHead>> next_request();
  Task<std::string> read_body(const RequestHead& head);
  Task<void> more_input(base::Time deadline);
  Task<Response> answer(Request request);

  // False where the connection cannot carry another message.
  Task<bool> respond(const RequestHead& head, Response response);
  Task<void> send_sized(Response response, Headers headers);
  Task<bool> send_stream(const RequestHead& head, Response response, Headers headers);
  Task<void> pack(const RequestHead& head, Response& response);
  Task<void> refuse(int status, std::string sentence);
  Task<void> say_goodbye();
  Task<void> send(std::string bytes);

  rt::Runtime& runtime_;
  Handler& handler_;
  const ServerOptions& options_;
  std::unique_ptr<net::ByteStream> stream_;
  std::shared_ptr<const Peer> peer_;
  rt::TaskGroup tasks_;

  InputBuffer input_;
  HeadParser heads_;
  rt::Event arrived_;
  rt::Event consumed_;
  bool ended_ = false;      // nothing more will arrive
  bool idle_ = true;        // between requests
  bool streaming_ = false;  // an endless body is under way
  bool stopping_ = false;
  bool discarding_ = false;  // what still arrives is of no interest
};

}  // namespace jibe::http
