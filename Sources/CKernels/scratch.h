// Memory of a thread for the task at hand, kept for its next one and freed with the thread.
#pragma once

/// `floats` floats, 64-byte aligned; null when there is no memory. The next call on this thread takes them back.
float *eft_scratch(long floats);
