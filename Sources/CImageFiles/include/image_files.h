#pragma once
// Decoding of PNG and JPEG by libgd, which is loaded by hand when the first image is read: it is not needed for anything else, so a
// machine that has no images can do without it, and no start of a program waits for it and the libraries that it brings.
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { IMAGE_PNG, IMAGE_JPEG } image_format;

typedef enum {
    IMAGE_DECODED,
    /// libgd is not there, or is no libgd.
    IMAGE_NO_LIBRARY,
    /// The bytes are no image of the format, or break off.
    IMAGE_DAMAGED,
    IMAGE_NO_MEMORY,
} image_outcome;

enum { IMAGE_PROBLEM_SIZE = 256 };

/// What came of decoding.
typedef struct {
    int width, height;
    /// Red, green and blue of each pixel, row by row; the caller frees it. Null unless decoded.
    uint8_t *rgb;
    /// The library's words, or the loader's, for what went wrong; empty without any.
    char problem[IMAGE_PROBLEM_SIZE];
} image_result;

/// Decodes `count` bytes and lays what is transparent on white, of which libgd knows 128 degrees. Threads may decode at once.
image_outcome image_decode(image_format format, const uint8_t *bytes, size_t count, image_result *result);

#ifdef __cplusplus
}
#endif
