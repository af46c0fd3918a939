// The functions of conventions.c under one attribute and one prefix.
#define GLUE2(a, b) a##b
#define GLUE(a, b) GLUE2(a, b)
#define DECLARE(T, n, parameters, value, given) ATTRIBUTE T GLUE(P, f##n) parameters;
BODY(DECLARE)
#if CALLEE
#define DEFINE(T, n, parameters, value, given) ATTRIBUTE T GLUE(P, f##n) parameters { return value; }
BODY(DEFINE)
#undef DEFINE
#else
#define CALL(T, n, parameters, value, given) \
  PRINT(GLUE(P, f##n) given); \
  { ATTRIBUTE T (*volatile pointer) parameters = GLUE(P, f##n); PRINT(pointer given); }
static void GLUE(P, all)(void) { BODY(CALL) }
#undef CALL
#endif
#undef DECLARE
#undef GLUE
#undef GLUE2
#undef ATTRIBUTE
#undef P
