/* SPDX-License-Identifier: BSD-2-Clause */
/* As much of GLib as core, loader and reports call, for WebAssembly: one thread, memory that grows or traps. */
#ifndef NAP_SHIM_GLIB_H
#define NAP_SHIM_GLIB_H

#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef int gint, gboolean;
typedef unsigned guint;
typedef char gchar;
typedef unsigned char guchar, guint8;
typedef size_t gsize;
typedef ptrdiff_t gssize;
typedef int64_t gint64;
typedef uint64_t guint64;
typedef uint32_t guint32, gunichar, GQuark;
typedef long glong;
typedef unsigned long gulong;
typedef void *gpointer;
typedef const void *gconstpointer;
typedef char **GStrv;
typedef void (*GDestroyNotify)(gpointer);
typedef gint (*GCompareFunc)(gconstpointer, gconstpointer);
typedef gint (*GCompareDataFunc)(gconstpointer, gconstpointer, gpointer);
typedef gboolean (*GEqualFunc)(gconstpointer, gconstpointer);
typedef guint (*GHashFunc)(gconstpointer);
typedef gboolean (*GTraverseFunc)(gpointer, gpointer, gpointer);
typedef gpointer (*GThreadFunc)(gpointer);

#define TRUE                    1
#define FALSE                   0
#define G_N_ELEMENTS(a)         (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)               ((a) < (b) ? (a) : (b))
#define MAX(a, b)               ((a) > (b) ? (a) : (b))
#define CLAMP(x, lo, hi)        ((x) > (hi) ? (hi) : (x) < (lo) ? (lo) : (x))
#define G_LIKELY(x)             (x)
#define G_UNLIKELY(x)           (x)
#define G_GNUC_PRINTF(f, a)     __attribute__((format(printf, f, a)))
#define G_NO_INLINE             __attribute__((noinline))
#define G_ALWAYS_INLINE         __attribute__((always_inline))
#define G_GINT64_FORMAT         PRId64
#define G_GUINT64_FORMAT        PRIu64
#define G_MAXUINT               UINT_MAX
#define G_LN2                   0.69314718055994530942
#define G_TIME_SPAN_SECOND      1000000
#define G_ASCII_DTOSTR_BUF_SIZE 39
#define GUINT_TO_POINTER(u)     ((gpointer)(uintptr_t)(u))
#define GPOINTER_TO_UINT(p)     ((guint)(uintptr_t)(p))
#define g_assert(x)             ((x) ? (void)0 : abort())
#define g_assert_not_reached()  abort()
#define g_error(...)            abort()

/* ---- memory ---- */
void *g_malloc0(gsize n);
void *g_malloc(gsize n);
void *g_realloc(void *p, gsize n);
void *g_malloc_n(gsize n, gsize size);
void *g_malloc0_n(gsize n, gsize size);
void *g_realloc_n(void *p, gsize n, gsize size);
void *g_memdup2(const void *p, gsize n);
#define g_free           free
#define g_new(T, n)      ((T *)g_malloc_n((n), sizeof(T)))
#define g_new0(T, n)     ((T *)g_malloc0_n((n), sizeof(T)))
#define g_renew(T, p, n) ((T *)g_realloc_n((p), (n), sizeof(T)))
#define g_clear_pointer(pp, f)                                                                               \
	do {                                                                                                 \
		__typeof__(*(pp)) was_ = *(pp);                                                              \
		*(pp) = NULL;                                                                                \
		if (was_)                                                                                    \
			f(was_);                                                                             \
	} while (0)
static inline void *nap_shim_steal(void *pp)
{
	void *was = *(void **)pp;

	*(void **)pp = NULL;
	return was;
}
#define g_steal_pointer(pp) ((__typeof__(*(pp)))nap_shim_steal(pp))

#define NAP_SHIM_AUTO(T, f)                                                                                  \
	typedef T *nap_auto_##T;                                                                             \
	static inline void nap_auto_clear_##T(T **p)                                                         \
	{                                                                                                    \
		if (*p)                                                                                      \
			f(*p);                                                                               \
	}
#define g_autoptr(T) __attribute__((cleanup(nap_auto_clear_##T))) nap_auto_##T
#define g_auto(T)    __attribute__((cleanup(nap_auto_clear_value_##T))) T
static inline void nap_auto_free(void *p)
{
	free(*(void **)p);
}
#define g_autofree __attribute__((cleanup(nap_auto_free)))

/* ---- texts ---- */
char *g_strdup(const char *s);
char *g_strndup(const char *s, gsize n);
char *g_strdup_printf(const char *format, ...) G_GNUC_PRINTF(1, 2);
char *g_strdup_vprintf(const char *format, va_list args);
char *g_strconcat(const char *first, ...);
char *g_strjoinv(const char *between, char **parts);
char *g_strchomp(char *s);
char *g_strstrip(char *s);
char **g_strsplit(const char *s, const char *at, gint max);
char **g_strsplit_set(const char *s, const char *at, gint max);
void g_strfreev(char **v);
guint g_strv_length(char **v);
gboolean g_strv_contains(const char *const *v, const char *s);
gint g_strcmp0(const char *a, const char *b);
gboolean g_str_has_prefix(const char *s, const char *head);
gboolean g_str_has_suffix(const char *s, const char *tail);
gsize g_strlcpy(char *to, const char *from, gsize n);
gsize g_strlcat(char *to, const char *from, gsize n);
#define g_snprintf          snprintf
#define g_ascii_strtod      strtod
#define g_ascii_strtoll     strtoll
#define g_ascii_strcasecmp  strcasecmp
#define g_ascii_strncasecmp strncasecmp
#define g_ascii_isspace(c)  (isspace((unsigned char)(c)) != 0)
#define g_ascii_isdigit(c)  (isdigit((unsigned char)(c)) != 0)
#define g_ascii_isalnum(c)  (isalnum((unsigned char)(c)) != 0)
#define g_ascii_tolower(c)  ((char)tolower((unsigned char)(c)))
#define g_ascii_toupper(c)  ((char)toupper((unsigned char)(c)))
char *g_ascii_formatd(char *to, gint n, const char *format, double v);
gboolean g_utf8_validate_len(const char *s, gsize n, const char **end);
gboolean g_utf8_validate(const char *s, gssize n, const char **end);
long g_utf8_strlen(const char *s, gssize n);
gunichar g_utf8_get_char_validated(const char *s, gssize n);
#define g_utf8_next_char(s) ((s) + nap_shim_utf8_bytes((unsigned char)*(s)))
int nap_shim_utf8_bytes(unsigned char first);
static inline gboolean g_unichar_iscntrl(gunichar c)
{
	return c < 32 || (c >= 127 && c < 160);
}
static inline void nap_auto_clear_value_GStrv(GStrv *v)
{
	g_strfreev(*v);
}

typedef struct {
	char *str;
	gsize len, room;
} GString;
GString *g_string_new(const char *s);
char *g_string_free(GString *s, gboolean text_too);
GString *g_string_append(GString *s, const char *text);
GString *g_string_append_len(GString *s, const char *text, gssize n);
GString *g_string_append_c(GString *s, char c);
GString *g_string_append_unichar(GString *s, gunichar c);
void g_string_append_printf(GString *s, const char *format, ...) G_GNUC_PRINTF(2, 3);
guint g_string_replace(GString *s, const char *what, const char *by, guint limit);
static inline void nap_shim_string_free(GString *s)
{
	g_string_free(s, TRUE);
}
NAP_SHIM_AUTO(GString, nap_shim_string_free)

/* ---- errors ---- */
typedef struct {
	GQuark domain;
	gint code;
	char *message;
} GError;
GError *g_error_new_valist(GQuark domain, gint code, const char *format, va_list args);
void g_error_free(GError *error);
void g_propagate_error(GError **to, GError *error);
void g_prefix_error(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
NAP_SHIM_AUTO(GError, g_error_free)
static inline GQuark g_quark_from_static_string(const char *s)
{
	return (GQuark)(uintptr_t)s;
}

/* ---- arrays ---- */
typedef struct {
	char *data;
	guint len, room, size;
	gboolean zero;
	GDestroyNotify clear;
} GArray;
GArray *g_array_new(gboolean zero_end, gboolean zero, guint size);
GArray *g_array_append_vals(GArray *a, gconstpointer v, guint n);
GArray *g_array_prepend_vals(GArray *a, gconstpointer v, guint n);
GArray *g_array_insert_vals(GArray *a, guint at, gconstpointer v, guint n);
GArray *g_array_set_size(GArray *a, guint n);
GArray *g_array_remove_index(GArray *a, guint at);
void g_array_set_clear_func(GArray *a, GDestroyNotify clear);
char *g_array_free(GArray *a, gboolean data_too);
void g_array_unref(GArray *a);
void g_array_sort(GArray *a, GCompareFunc f);
void g_array_sort_with_data(GArray *a, GCompareDataFunc f, gpointer data);
#define g_array_index(a, T, i)      (((T *)(void *)(a)->data)[i])
#define g_array_append_val(a, v)    g_array_append_vals((a), &(v), 1)
#define g_array_insert_val(a, i, v) g_array_insert_vals((a), (i), &(v), 1)
NAP_SHIM_AUTO(GArray, g_array_unref)

typedef struct {
	guint8 *data;
	guint len, room;
} GByteArray;
GByteArray *g_byte_array_new(void);
GByteArray *g_byte_array_append(GByteArray *a, const guint8 *data, guint n);
void g_byte_array_unref(GByteArray *a);
typedef struct {
	gsize n;
	char data[];
} GBytes;
GBytes *g_bytes_new(gconstpointer data, gsize n);
gconstpointer g_bytes_get_data(GBytes *b, gsize *n);
#define g_bytes_unref free

typedef struct {
	gpointer *pdata;
	guint len, room;
	GDestroyNotify clear;
} GPtrArray;
GPtrArray *g_ptr_array_new(void);
GPtrArray *g_ptr_array_new_with_free_func(GDestroyNotify clear);
void g_ptr_array_set_free_func(GPtrArray *a, GDestroyNotify clear);
void g_ptr_array_add(GPtrArray *a, gpointer p);
void g_ptr_array_insert(GPtrArray *a, gint at, gpointer p);
void g_ptr_array_set_size(GPtrArray *a, gint n);
gpointer g_ptr_array_remove_index(GPtrArray *a, guint at);
void g_ptr_array_extend_and_steal(GPtrArray *to, GPtrArray *from);
gboolean g_ptr_array_find(GPtrArray *a, gconstpointer p, guint *at);
gboolean g_ptr_array_find_with_equal_func(GPtrArray *a, gconstpointer p, GEqualFunc f, guint *at);
void g_ptr_array_sort(GPtrArray *a, GCompareFunc f);
void g_ptr_array_sort_with_data(GPtrArray *a, GCompareDataFunc f, gpointer data);
gpointer *g_ptr_array_free(GPtrArray *a, gboolean all);
void g_ptr_array_unref(GPtrArray *a);
#define g_ptr_array_index(a, i) ((a)->pdata[i])
NAP_SHIM_AUTO(GPtrArray, g_ptr_array_unref)

/* ---- tables ---- */
typedef struct nap_shim_table GHashTable;
typedef struct {
	GHashTable *table;
	guint at;
} GHashTableIter;
GHashTable *g_hash_table_new(GHashFunc hash, GEqualFunc equal);
GHashTable *g_hash_table_new_full(GHashFunc hash, GEqualFunc equal, GDestroyNotify key, GDestroyNotify value);
gboolean g_hash_table_insert(GHashTable *t, gpointer key, gpointer value);
gboolean g_hash_table_replace(GHashTable *t, gpointer key, gpointer value);
gboolean g_hash_table_add(GHashTable *t, gpointer key);
gboolean g_hash_table_remove(GHashTable *t, gconstpointer key);
gpointer g_hash_table_lookup(GHashTable *t, gconstpointer key);
gboolean g_hash_table_contains(GHashTable *t, gconstpointer key);
guint g_hash_table_size(GHashTable *t);
void g_hash_table_iter_init(GHashTableIter *i, GHashTable *t);
gboolean g_hash_table_iter_next(GHashTableIter *i, gpointer *key, gpointer *value);
void g_hash_table_unref(GHashTable *t);
#define g_hash_table_destroy g_hash_table_unref
NAP_SHIM_AUTO(GHashTable, g_hash_table_unref)
guint g_str_hash(gconstpointer s);
guint g_int64_hash(gconstpointer v);
gboolean g_int64_equal(gconstpointer a, gconstpointer b);
static inline gboolean nap_shim_str_equal(gconstpointer a, gconstpointer b)
{
	return strcmp(a, b) == 0;
}
#define g_str_equal nap_shim_str_equal

typedef struct nap_shim_tree GTree;
GTree *g_tree_new_full(GCompareDataFunc f, gpointer data, GDestroyNotify key, GDestroyNotify value);
void g_tree_insert(GTree *t, gpointer key, gpointer value);
void g_tree_foreach(GTree *t, GTraverseFunc f, gpointer data);
void g_tree_unref(GTree *t);
NAP_SHIM_AUTO(GTree, g_tree_unref)

typedef enum { G_CHECKSUM_SHA256 } GChecksumType;
char *g_compute_checksum_for_data(GChecksumType type, const guchar *data, gsize n);

static inline guint g_bit_storage(unsigned long n)
{
	return n ? (guint)(sizeof n * 8) - (guint)__builtin_clzl(n) : 1;
}

/* ---- threads: there is one ---- */
typedef int GMutex, GCond, GThread;
#define g_mutex_init(m)              ((void)(m))
#define g_mutex_clear(m)             ((void)(m))
#define g_mutex_lock(m)              ((void)(m))
#define g_mutex_unlock(m)            ((void)(m))
#define g_cond_init(c)               ((void)(c))
#define g_cond_clear(c)              ((void)(c))
#define g_cond_signal(c)             ((void)(c))
#define g_cond_wait_until(c, m, t)   ((void)(c), (void)(t), 0)
#define g_thread_try_new(n, f, d, e) ((void)(n), (void)(f), (GThread *)NULL)
#define g_thread_join(t)             ((void)(t))
#define g_get_num_processors()       1u
#define g_get_monotonic_time()       ((gint64)0)
#define g_atomic_int_inc(p)          ((void)++*(p))
#define g_atomic_int_dec_and_test(p) (--*(p) == 0)

#endif
