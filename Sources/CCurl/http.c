#include "http.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

// The numbers of curl.h (libcurl 7.32 or newer), whose interface is kept within libcurl.so.4.
enum { LONG = 0, POINTER = 10000, FUNCTION = 20000, OFFSET = 30000 };
enum {
    OPT_WRITEDATA = POINTER + 1,
    OPT_URL = POINTER + 2,
    OPT_READDATA = POINTER + 9,
    OPT_ERRORBUFFER = POINTER + 10,
    OPT_WRITEFUNCTION = FUNCTION + 11,
    OPT_USERAGENT = POINTER + 18,
    OPT_LOW_SPEED_LIMIT = LONG + 19,
    OPT_LOW_SPEED_TIME = LONG + 20,
    OPT_HTTPHEADER = POINTER + 23,
    OPT_HEADERDATA = POINTER + 29,
    OPT_CUSTOMREQUEST = POINTER + 36,
    OPT_NOPROGRESS = LONG + 43,
    OPT_UPLOAD = LONG + 46,
    OPT_FOLLOWLOCATION = LONG + 52,
    OPT_XFERINFODATA = POINTER + 57,
    OPT_MAXREDIRS = LONG + 68,
    OPT_HEADERFUNCTION = FUNCTION + 79,
    OPT_NOSIGNAL = LONG + 99,
    OPT_INFILESIZE_LARGE = OFFSET + 115,
    OPT_POSTFIELDSIZE_LARGE = OFFSET + 120,
    OPT_TIMEOUT_MS = LONG + 155,
    OPT_CONNECTTIMEOUT_MS = LONG + 156,
    OPT_COPYPOSTFIELDS = POINTER + 165,
    OPT_XFERINFOFUNCTION = FUNCTION + 219,
    INFO_RESPONSE_CODE = 0x200000 + 2,
    OPERATION_TIMEDOUT = 28,
    GLOBAL_DEFAULT = 3,
    ERROR_SIZE = 256,
};

/// libcurl's functions that are used here.
static struct {
    int (*global_init)(long);
    void *(*easy_init)(void);
    int (*easy_setopt)(void *, int, ...);
    int (*easy_perform)(void *);
    int (*easy_getinfo)(void *, int, ...);
    void (*easy_reset)(void *);
    void (*easy_cleanup)(void *);
    const char *(*easy_strerror)(int);
    void *(*slist_append)(void *, const char *);
    void (*slist_free_all)(void *);
    char problem[512];
} curl;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    const char *asked = getenv("EFT_CURL_LIBRARY");
    void *library = dlopen(asked && *asked ? asked : "libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *problem = dlerror();
        snprintf(curl.problem, sizeof curl.problem, "%s", problem ? problem : "it cannot be opened");
        return;
    }
    const struct {
        void **place;
        const char *name;
    } wanted[] = {
        {(void **)&curl.global_init, "curl_global_init"},     {(void **)&curl.easy_init, "curl_easy_init"},
        {(void **)&curl.easy_setopt, "curl_easy_setopt"},     {(void **)&curl.easy_perform, "curl_easy_perform"},
        {(void **)&curl.easy_getinfo, "curl_easy_getinfo"},   {(void **)&curl.easy_reset, "curl_easy_reset"},
        {(void **)&curl.easy_cleanup, "curl_easy_cleanup"},   {(void **)&curl.easy_strerror, "curl_easy_strerror"},
        {(void **)&curl.slist_append, "curl_slist_append"},   {(void **)&curl.slist_free_all, "curl_slist_free_all"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        *wanted[i].place = dlsym(library, wanted[i].name);
        if (*wanted[i].place) continue;
        snprintf(curl.problem, sizeof curl.problem, "it has no %s", wanted[i].name);
        return;
    }
    const int code = curl.global_init(GLOBAL_DEFAULT);
    if (code) snprintf(curl.problem, sizeof curl.problem, "%s", curl.easy_strerror(code));
}

const char *http_open(void) {
    pthread_once(&once, load);
    return curl.problem[0] ? curl.problem : NULL;
}

struct http_request {
    void *handle;
    void *headers;
    FILE *input;
    /// The file that the body goes to, its path until it is opened, and whether that failed.
    FILE *output;
    char *path;
    int unwritten;
    uint8_t *body;
    size_t count, capacity;
    bool (*is_cancelled)(void);
    bool was_cancelled;
    char retry_after[64];
    char problem[ERROR_SIZE];
};

http_request *http_new(void) {
    http_request *r = calloc(1, sizeof *r);
    if (r && !(r->handle = curl.easy_init())) {
        free(r);
        r = NULL;
    }
    return r;
}

/// Lets go of everything but the connection.
static void forget(http_request *r) {
    curl.easy_reset(r->handle);
    curl.slist_free_all(r->headers);
    if (r->input) fclose(r->input);
    if (r->output) fclose(r->output);
    free(r->path);
    free(r->body);
    void *handle = r->handle;
    memset(r, 0, sizeof *r);
    r->handle = handle;
}

void http_free(http_request *r) {
    forget(r);
    curl.easy_cleanup(r->handle);
    free(r);
}

void http_begin(http_request *r, const char *method, const char *url) {
    forget(r);
    curl.easy_setopt(r->handle, OPT_URL, url);
    curl.easy_setopt(r->handle, OPT_CUSTOMREQUEST, method);
    curl.easy_setopt(r->handle, OPT_USERAGENT, "eft");
    curl.easy_setopt(r->handle, OPT_FOLLOWLOCATION, 1L);
    curl.easy_setopt(r->handle, OPT_MAXREDIRS, 8L);
    // Without this libcurl waits a second for a leave that many servers do not give.
    http_header(r, "Expect:");
}

void http_header(http_request *r, const char *line) {
    void *headers = curl.slist_append(r->headers, line);
    if (headers) r->headers = headers;
}

void http_send(http_request *r, const void *bytes, size_t count) {
    curl.easy_setopt(r->handle, OPT_POSTFIELDSIZE_LARGE, (int64_t)count);
    curl.easy_setopt(r->handle, OPT_COPYPOSTFIELDS, bytes);
}

int http_send_file(http_request *r, const char *path) {
    struct stat status;
    r->input = fopen(path, "rbe");
    if (!r->input || fstat(fileno(r->input), &status) != 0) return errno;
    curl.easy_setopt(r->handle, OPT_UPLOAD, 1L);
    // Read by libcurl's own function, which can also go back to the beginning when a connection turns out to be closed.
    curl.easy_setopt(r->handle, OPT_READDATA, r->input);
    curl.easy_setopt(r->handle, OPT_INFILESIZE_LARGE, (int64_t)status.st_size);
    return 0;
}

void http_receive_file(http_request *r, const char *path) { r->path = strdup(path); }

/// Takes a piece of the body; fewer bytes than there are end the transfer.
static size_t take_body(const char *bytes, size_t one, size_t count, void *context) {
    http_request *r = context;
    long status = 0;
    count *= one;
    if (r->path && !r->output && curl.easy_getinfo(r->handle, INFO_RESPONSE_CODE, &status) == 0 && status / 100 == 2) {
        r->output = fopen(r->path, "wbe");
        if (!r->output) {
            r->unwritten = errno;
            return 0;
        }
    }
    if (r->output) {
        if (fwrite(bytes, 1, count, r->output) == count) return count;
        r->unwritten = errno;
        return 0;
    }
    if (r->count + count > r->capacity) {
        const size_t capacity = 2 * (r->count + count);
        uint8_t *more = realloc(r->body, capacity);
        if (!more) return 0;
        r->body = more;
        r->capacity = capacity;
    }
    memcpy(r->body + r->count, bytes, count);
    r->count += count;
    return count;
}

static size_t take_header(const char *bytes, size_t one, size_t count, void *context) {
    static const char name[] = "retry-after:";
    http_request *r = context;
    count *= one;
    // The first line of each answer, of which there are several on the way through a redirection.
    if (count >= 5 && memcmp(bytes, "HTTP/", 5) == 0) r->retry_after[0] = 0;
    if (count < sizeof name || strncasecmp(bytes, name, sizeof name - 1) != 0) return count;
    size_t from = sizeof name - 1, to = count;
    while (from < to && bytes[from] == ' ') from++;
    while (to > from && (bytes[to - 1] == '\r' || bytes[to - 1] == '\n' || bytes[to - 1] == ' ')) to--;
    snprintf(r->retry_after, sizeof r->retry_after, "%.*s", (int)(to - from), bytes + from);
    return count;
}

static int look(void *context, int64_t a, int64_t b, int64_t c, int64_t d) {
    (void)a, (void)b, (void)c, (void)d;
    http_request *r = context;
    r->was_cancelled = r->is_cancelled();
    return r->was_cancelled;
}

/// Performs the request while a connection that the other side closed raises no signal in this thread.
static int perform(void *handle) {
    sigset_t pipe, before, pending;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    const int code = curl.easy_perform(handle);
    const struct timespec now = {0, 0};
    if (!sigismember(&pending, SIGPIPE)) sigtimedwait(&pipe, NULL, &now);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

http_answer http_perform(http_request *r, long limit, long idle, bool (*is_cancelled)(void)) {
    r->is_cancelled = is_cancelled;
    curl.easy_setopt(r->handle, OPT_HTTPHEADER, r->headers);
    curl.easy_setopt(r->handle, OPT_ERRORBUFFER, r->problem);
    curl.easy_setopt(r->handle, OPT_NOSIGNAL, 1L);
    curl.easy_setopt(r->handle, OPT_TIMEOUT_MS, limit);
    curl.easy_setopt(r->handle, OPT_CONNECTTIMEOUT_MS, idle * 1000);
    curl.easy_setopt(r->handle, OPT_LOW_SPEED_LIMIT, 1L);
    curl.easy_setopt(r->handle, OPT_LOW_SPEED_TIME, idle);
    curl.easy_setopt(r->handle, OPT_WRITEFUNCTION, take_body);
    curl.easy_setopt(r->handle, OPT_WRITEDATA, r);
    curl.easy_setopt(r->handle, OPT_HEADERFUNCTION, take_header);
    curl.easy_setopt(r->handle, OPT_HEADERDATA, r);
    curl.easy_setopt(r->handle, OPT_NOPROGRESS, 0L);
    curl.easy_setopt(r->handle, OPT_XFERINFOFUNCTION, look);
    curl.easy_setopt(r->handle, OPT_XFERINFODATA, r);
    const int code = perform(r->handle);
    http_answer answer = {HTTP_ANSWERED, 0, r->body, r->count, r->retry_after, r->problem};
    curl.easy_getinfo(r->handle, INFO_RESPONSE_CODE, &answer.status);
    // An answer without a body makes an empty file.
    if (!code && r->path && !r->output && answer.status / 100 == 2 && !(r->output = fopen(r->path, "wbe"))) r->unwritten = errno;
    if (r->output && fclose(r->output) != 0 && !r->unwritten) r->unwritten = errno;
    r->output = NULL;
    if (r->unwritten) {
        answer.outcome = HTTP_UNWRITTEN;
        answer.problem = strerror(r->unwritten);
    } else if (r->was_cancelled) {
        answer.outcome = HTTP_CANCELLED;
    } else if (code) {
        answer.outcome = code == OPERATION_TIMEDOUT ? HTTP_LATE : HTTP_BROKEN;
        if (!r->problem[0]) answer.problem = curl.easy_strerror(code);
    }
    return answer;
}
