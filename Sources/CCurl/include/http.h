#pragma once
// HTTP requests by libcurl, which is loaded by hand when the first one is made: it and the thirty libraries that it brings cost every
// start of a program some ten milliseconds, and most programs ask no server anything.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A connection and the request that is made on it. One thread at a time may use it.
typedef struct http_request http_request;

typedef enum {
    /// There is an answer.
    HTTP_ANSWERED,
    /// The time was over, or nothing moved for too long.
    HTTP_LATE,
    /// `is_cancelled` said so.
    HTTP_CANCELLED,
    /// No connection, or one that broke off.
    HTTP_BROKEN,
    /// The file for the answer could not be written.
    HTTP_UNWRITTEN,
} http_outcome;

/// What came of a request; everything is valid until the next one on the same connection.
typedef struct {
    http_outcome outcome;
    /// 0 when the server said nothing.
    long status;
    /// The body, unless it went to a file.
    const uint8_t *body;
    size_t count;
    /// The value of Retry-After; empty without one.
    const char *retry_after;
    /// libcurl's words, or the system's, for what went wrong.
    const char *problem;
} http_answer;

/// Loads libcurl at the first call (any thread): `EFT_CURL_LIBRARY` if that is set, else libcurl.so.4. What went wrong, or null.
const char *http_open(void);

/// Null without memory. Call only after http_open has returned null.
http_request *http_new(void);
void http_free(http_request *request);

/// Begins a request on the connection and forgets the one before. All texts are copied.
void http_begin(http_request *request, const char *method, const char *url);
/// Adds a line "Name: value".
void http_header(http_request *request, const char *line);
/// What is sent: bytes, which are copied, or a file. A file that cannot be read: errno, else 0.
void http_send(http_request *request, const void *bytes, size_t count);
int http_send_file(http_request *request, const char *path);
/// Where the body of an answer with a status of 2xx goes; the file is made then.
void http_receive_file(http_request *request, const char *path);

/// Makes the request and waits for its end: `limit` ms for all of it, `idle` seconds to connect and without a byte that moves.
/// `is_cancelled` is asked about once a second and whenever something moves.
http_answer http_perform(http_request *request, long limit, long idle, bool (*is_cancelled)(void));

#ifdef __cplusplus
}
#endif
