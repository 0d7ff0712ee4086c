// What Swift needs from libedit. Its setters are variadic, which Swift cannot call,
// so each use has a typed wrapper here; everything is the wide-character interface,
// because only that one edits UTF-8 by character.
#ifndef EFT_LIBEDIT_SHIM_H
#define EFT_LIBEDIT_SHIM_H

#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <wchar.h>

typedef wchar_t *(*eft_prompt_function)(EditLine *);
typedef unsigned char (*eft_edit_function)(EditLine *, int);
typedef int (*eft_read_function)(EditLine *, wchar_t *);

/// An editor on the standard streams.
static inline EditLine *eft_el_init(const char *program) { return el_init(program, stdin, stdout, stderr); }

/// Writes below the line being edited, through the stream that libedit draws on.
static inline void eft_write_terminal(const char *text) {
    fputs(text, stdout);
    fflush(stdout);
}

/// The prompt; text between two `escape` characters is sent as it is and takes no columns.
static inline int eft_el_set_prompt(EditLine *el, eft_prompt_function prompt, wchar_t escape) {
    return el_wset(el, EL_PROMPT_ESC, prompt, escape);
}

static inline int eft_el_set_editor(EditLine *el, const wchar_t *name) { return el_wset(el, EL_EDITOR, name); }

static inline int eft_el_set_signal(EditLine *el, int handled_by_libedit) { return el_wset(el, EL_SIGNAL, handled_by_libedit); }

static inline int eft_el_set_client_data(EditLine *el, void *data) { return el_wset(el, EL_CLIENTDATA, data); }

static inline void *eft_el_client_data(EditLine *el) {
    void *data = NULL;
    return el_wget(el, EL_CLIENTDATA, &data) == 0 ? data : NULL;
}

static inline int eft_el_set_reader(EditLine *el, eft_read_function reader) { return el_wset(el, EL_GETCFN, reader); }

static inline int eft_el_add_function(EditLine *el, const wchar_t *name, const wchar_t *help, eft_edit_function function) {
    return el_wset(el, EL_ADDFN, name, help, function);
}

static inline int eft_el_bind(EditLine *el, const wchar_t *key, const wchar_t *command) {
    return el_wset(el, EL_BIND, key, command, NULL);
}

/// Binds in the alternative key map, which is vi's command mode.
static inline int eft_el_bind_alternative(EditLine *el, const wchar_t *key, const wchar_t *command) {
    return el_wset(el, EL_BIND, L"-a", key, command, NULL);
}

static inline int eft_el_set_history(EditLine *el, HistoryW *history) { return el_wset(el, EL_HIST, history_w, history); }

/// Changes a terminal mode of editing, such as "-isig".
static inline int eft_el_set_terminal_mode(EditLine *el, const wchar_t *mode) { return el_wset(el, EL_SETTY, L"-d", mode, NULL); }

/// Switches the terminal to editing (1) or back to what it was (0).
static inline int eft_el_prepare_terminal(EditLine *el, int editing) { return el_wset(el, EL_PREP_TERM, editing); }

static inline int eft_el_refresh(EditLine *el) { return el_wset(el, EL_REFRESH); }

static inline int eft_history_set_size(HistoryW *history, int size) {
    HistEventW event;
    return history_w(history, &event, H_SETSIZE, size);
}

static inline int eft_history_enter(HistoryW *history, const wchar_t *text) {
    HistEventW event;
    return history_w(history, &event, H_ENTER, text);
}

static inline int eft_history_clear(HistoryW *history) {
    HistEventW event;
    return history_w(history, &event, H_CLEAR);
}

// Both are hidden from Swift by glibc's feature macros.
int wcwidth(wchar_t character);
int pipe2(int ends[2], int flags);

/// Columns and rows of the terminal behind `descriptor`; zero when it is not one.
static inline void eft_window_size(int descriptor, int *columns, int *rows) {
    struct winsize size = {0};
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) size.ws_col = size.ws_row = 0;
    *columns = size.ws_col;
    *rows = size.ws_row;
}

/// Makes characters UTF-8: the user's locale when it is one, else the C locale's UTF-8 form.
static inline void eft_use_utf8(void) {
    if (setlocale(LC_CTYPE, "") != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return;
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) setlocale(LC_CTYPE, "en_US.UTF-8");
}

#endif
