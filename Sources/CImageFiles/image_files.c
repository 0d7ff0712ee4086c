#include "image_files.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// The beginning of gd.h's gdImageStruct, which is kept within libgd.so.3.
typedef struct {
    unsigned char **pixels;
    int width, height;
} gd_image;

/// libgd's functions that are used here.
static struct {
    gd_image *(*png)(int, void *);
    /// The last argument: whether to go on where the file is damaged.
    gd_image *(*jpeg)(int, void *, int);
    int (*pixel)(gd_image *, int, int);
    void (*destroy)(gd_image *);
    void (*set_error_method)(void (*)(int, const char *, va_list));
    char problem[IMAGE_PROBLEM_SIZE];
} gd;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/// Where the errors of this thread's decoding go.
static _Thread_local char *words;

static void note(int priority, const char *format, va_list arguments) {
    (void)priority;
    if (!words) return;
    vsnprintf(words, IMAGE_PROBLEM_SIZE, format, arguments);
    words[strcspn(words, "\r\n")] = 0;
}

/// libgd's transparency goes from 0, opaque, to this.
enum { CLEAR = 127 };

static uint8_t on_white(int colour, int clear) { return (uint8_t)((colour * (CLEAR - clear) + 255 * clear + CLEAR / 2) / CLEAR); }

static void load(void) {
    const char *asked = getenv("EFT_GD_LIBRARY");
    void *library = dlopen(asked && *asked ? asked : "libgd.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *problem = dlerror();
        snprintf(gd.problem, sizeof gd.problem, "%s", problem ? problem : "it cannot be opened");
        return;
    }
    const struct {
        void **place;
        const char *name;
    } wanted[] = {
        {(void **)&gd.png, "gdImageCreateFromPngPtr"},         {(void **)&gd.jpeg, "gdImageCreateFromJpegPtrEx"},
        {(void **)&gd.pixel, "gdImageGetTrueColorPixel"},      {(void **)&gd.destroy, "gdImageDestroy"},
        {(void **)&gd.set_error_method, "gdSetErrorMethod"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        *wanted[i].place = dlsym(library, wanted[i].name);
        if (*wanted[i].place) continue;
        snprintf(gd.problem, sizeof gd.problem, "it has no %s", wanted[i].name);
        return;
    }
    gd.set_error_method(note);
}

image_outcome image_decode(image_format format, const uint8_t *bytes, size_t count, image_result *result) {
    *result = (image_result){0};
    pthread_once(&once, load);
    if (gd.problem[0]) {
        memcpy(result->problem, gd.problem, sizeof result->problem);
        return IMAGE_NO_LIBRARY;
    }
    if (count > INT_MAX) return IMAGE_DAMAGED;
    words = result->problem;
    // libgd only reads the bytes.
    gd_image *image = format == IMAGE_PNG ? gd.png((int)count, (void *)bytes) : gd.jpeg((int)count, (void *)bytes, 0);
    words = NULL;
    if (!image) return IMAGE_DAMAGED;
    result->problem[0] = 0;
    const int width = image->width, height = image->height;
    uint8_t *to = width > 0 && height > 0 ? malloc((size_t)width * (size_t)height * 3) : NULL;
    if (to) {
        result->rgb = to;
        result->width = width;
        result->height = height;
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                const int pixel = gd.pixel(image, x, y), clear = pixel >> 24 & CLEAR;
                for (int shift = 16; shift >= 0; shift -= 8) *to++ = on_white(pixel >> shift & 255, clear);
            }
    }
    gd.destroy(image);
    return to ? IMAGE_DECODED : IMAGE_NO_MEMORY;
}
