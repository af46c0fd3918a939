/*
 * Dates as people write them: ISO 8601 with or without a time, @SECONDS, now, today, yesterday,
 * tomorrow, and "3 days ago" after any of them. All times are UTC.
 */
#include "command.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define DAY 86400L

/* Digits, at least one and at most `max`; -1 if there are none. */
static long digits(const char **at, int max) {
  long value = 0;
  int count = 0;
  for (; count < max && isdigit((unsigned char)**at); count++) value = value * 10 + *(*at)++ - '0';
  return count == 0 ? -1 : value;
}

static int clock_time(const char **at, struct tm *parts, long *nanoseconds) {
  const char *start = *at;
  long hour = digits(at, 2);
  if (hour < 0 || hour > 23 || **at != ':') {
    *at = start;
    return 0;
  }
  (*at)++;
  long minute = digits(at, 2), second = 0;
  if (**at == ':') {
    (*at)++;
    second = digits(at, 2);
  }
  *nanoseconds = 0;
  if (**at == '.' || **at == ',') {
    long place = 100000000;
    for ((*at)++; isdigit((unsigned char)**at); (*at)++, place /= 10) {
      *nanoseconds += (**at - '0') * place;
    }
  }
  parts->tm_hour = (int)hour;
  parts->tm_min = (int)minute;
  parts->tm_sec = (int)second;
  return minute >= 0 && minute < 60 && second >= 0 && second <= 60;
}

static int calendar_date(const char **at, struct tm *parts) {
  const char *start = *at;
  long year = digits(at, 4);
  if (year < 0 || *at - start != 4 || **at != '-') {
    *at = start;
    return 0;
  }
  (*at)++;
  long month = digits(at, 2);
  if (*(*at)++ != '-') return 0;
  long day = digits(at, 2);
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12) return 0;
  int is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  parts->tm_year = (int)year - 1900;
  parts->tm_mon = (int)month - 1;
  parts->tm_mday = (int)day;
  parts->tm_hour = parts->tm_min = parts->tm_sec = 0;
  return day >= 1 && day <= lengths[month - 1] + (month == 2 && is_leap);
}

static int word(const char **at, const char *text) {
  size_t length = strlen(text);
  if (strncasecmp(*at, text, length) != 0 || isalpha((unsigned char)(*at)[length])) return 0;
  *at += length;
  return 1;
}

/* "3 days ago", "+1 hour", "next week": false if it is none. */
static int shift(const char **at, struct tm *parts) {
  static const char *const units[] = {"second", "sec", "minute", "min", "hour",
                                      "day",    "week", "fortnight", "month", "year"};
  long count = 1;
  int sign = 1;
  if (word(at, "next")) count = 1;
  else if (word(at, "last")) count = -1;
  else {
    if (**at == '+' || **at == '-') sign = *(*at)++ == '-' ? -1 : 1;
    const char *start = *at;
    count = digits(at, 9);
    if (count < 0) count = 1, *at = start;
  }
  *at += strspn(*at, " ");
  for (int i = 0; i < 10; i++) {
    size_t length = strlen(units[i]);
    if (strncasecmp(*at, units[i], length) != 0) continue;
    const char *end = *at + length;
    if (*end == 's') end++;
    if (isalpha((unsigned char)*end)) continue;
    *at = end + strspn(end, " ");
    if (word(at, "ago")) sign = -sign;
    count *= sign;
    if (i < 2) parts->tm_sec += (int)count;
    else if (i < 4) parts->tm_min += (int)count;
    else if (i == 4) parts->tm_hour += (int)count;
    else if (i < 8) parts->tm_mday += (int)count * (i == 5 ? 1 : i == 6 ? 7 : 14);
    else if (i == 8) parts->tm_mon += (int)count;
    else parts->tm_year += (int)count;
    return 1;
  }
  return 0;
}

/* "+02:00", "-0530" or "Z": seconds east of Greenwich. */
static int zone(const char **at, long *offset) {
  if (word(at, "Z") || word(at, "UTC") || word(at, "GMT")) return 1;
  if ((**at != '+' && **at != '-') || !isdigit((unsigned char)(*at)[1])) return 0;
  const char *start = *at;
  int sign = *(*at)++ == '-' ? -1 : 1;
  long hours = digits(at, 2);
  if (**at == ':') (*at)++;
  long minutes = digits(at, 2);
  if (minutes < 0 && **at != '\0') {
    *at = start;
    return 0;
  }
  *offset = sign * (hours * 3600 + (minutes < 0 ? 0 : minutes) * 60);
  return 1;
}

int parse_date(const char *text, time_t now, struct timespec *when) {
  struct tm parts = *gmtime(&now);
  const char *at = text + strspn(text, " ");
  long offset = 0, nanoseconds = 0;
  if (*at == '@') {
    char *end;
    when->tv_sec = strtol(at + 1, &end, 10);
    when->tv_nsec = 0;
    if (*end == '.') {
      long place = 100000000;
      for (end++; isdigit((unsigned char)*end); end++, place /= 10) {
        when->tv_nsec += (*end - '0') * place;
      }
    }
    return end != at + 1 && *end == '\0';
  }
  if (*at == '\0') parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
  while (*at != '\0') {
    if (word(&at, "now") || word(&at, "today")) {
    } else if (word(&at, "yesterday")) {
      parts.tm_mday--;
    } else if (word(&at, "tomorrow")) {
      parts.tm_mday++;
    } else if (calendar_date(&at, &parts)) {
      if (*at == 'T') at++;
    } else if (clock_time(&at, &parts, &nanoseconds)) {
      at += strspn(at, " ");
      zone(&at, &offset);
    } else if (!zone(&at, &offset) && !shift(&at, &parts)) {
      return 0;
    }
    at += strspn(at, " ");
  }
  when->tv_sec = mktime(&parts) - offset;
  when->tv_nsec = nanoseconds;
  return 1;
}
