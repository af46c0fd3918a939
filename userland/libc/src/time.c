/*
 * Calendar time in the proleptic Gregorian calendar, UTC. Days count from 1970-01-01; a year is
 * taken from March on, so that the leap day is its last.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY 86400L

static const char *const months[] = {"January", "February", "March",     "April",   "May",
                                     "June",    "July",     "August",    "September", "October",
                                     "November", "December"};
static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                   "Thursday", "Friday", "Saturday"};

/* Days before 1970-01-01 of a date; month 0..11 may lie outside, and is normalised. */
static long days_of(long year, long month, long day) {
  year += month / 12;
  month %= 12;
  if (month < 0) month += 12, year--;
  long from_march = (month + 10) % 12;
  if (month < 2) year--;
  long era = (year >= 0 ? year : year - 399) / 400;
  long of_era = year - era * 400;
  long of_year = (153 * from_march + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct tm *gmtime_r(const time_t *restrict when, struct tm *restrict parts) {
  long day = *when / DAY, second = *when % DAY;
  if (second < 0) second += DAY, day--;
  long shifted = day + 719468;
  long era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  long of_era = shifted - era * 146097;
  long year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  long of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  long from_march = (5 * of_year + 2) / 153;
  long month = (from_march + 2) % 12;
  long year = year_of_era + era * 400 + (month < 2);
  memset(parts, 0, sizeof *parts);
  parts->tm_sec = (int)(second % 60);
  parts->tm_min = (int)(second / 60 % 60);
  parts->tm_hour = (int)(second / 3600);
  parts->tm_mday = (int)(of_year - (153 * from_march + 2) / 5 + 1);
  parts->tm_mon = (int)month;
  parts->tm_year = (int)(year - 1900);
  parts->tm_wday = (int)((day % 7 + 11) % 7);
  parts->tm_yday = (int)(day - days_of(year, 0, 1));
  parts->tm_zone = "UTC";
  return parts;
}

struct tm *gmtime(const time_t *when) {
  static struct tm parts;
  return gmtime_r(when, &parts);
}

struct tm *localtime_r(const time_t *restrict when, struct tm *restrict parts) {
  return gmtime_r(when, parts);
}

struct tm *localtime(const time_t *when) {
  return gmtime(when);
}

time_t mktime(struct tm *parts) {
  time_t when = days_of(parts->tm_year + 1900L, parts->tm_mon, parts->tm_mday) * DAY +
                parts->tm_hour * 3600L + parts->tm_min * 60L + parts->tm_sec;
  gmtime_r(&when, parts);
  return when;
}

double difftime(time_t later, time_t earlier) {
  return (double)later - (double)earlier;
}

char *asctime(const struct tm *parts) {
  static char text[64];
  snprintf(text, sizeof text, "%.3s %.3s %2d %02d:%02d:%02d %d\n", days[parts->tm_wday % 7],
           months[parts->tm_mon % 12], parts->tm_mday, parts->tm_hour, parts->tm_min, parts->tm_sec,
           parts->tm_year + 1900);
  return text;
}

char *ctime(const time_t *when) {
  return asctime(gmtime(when));
}

/* One conversion of strftime; composed ones are made of simpler ones. */
static size_t convert(char *to, size_t size, char conversion, const struct tm *parts) {
  int hour = parts->tm_hour % 12 == 0 ? 12 : parts->tm_hour % 12;
  switch (conversion) {
    case 'a':
      return (size_t)snprintf(to, size, "%.3s", days[parts->tm_wday % 7]);
    case 'A':
      return (size_t)snprintf(to, size, "%s", days[parts->tm_wday % 7]);
    case 'b':
    case 'h':
      return (size_t)snprintf(to, size, "%.3s", months[parts->tm_mon % 12]);
    case 'B':
      return (size_t)snprintf(to, size, "%s", months[parts->tm_mon % 12]);
    case 'c':
      return strftime(to, size, "%a %b %e %H:%M:%S %Y", parts);
    case 'd':
      return (size_t)snprintf(to, size, "%02d", parts->tm_mday);
    case 'D':
    case 'x':
      return strftime(to, size, "%m/%d/%y", parts);
    case 'e':
      return (size_t)snprintf(to, size, "%2d", parts->tm_mday);
    case 'F':
      return strftime(to, size, "%Y-%m-%d", parts);
    case 'H':
      return (size_t)snprintf(to, size, "%02d", parts->tm_hour);
    case 'I':
      return (size_t)snprintf(to, size, "%02d", hour);
    case 'j':
      return (size_t)snprintf(to, size, "%03d", parts->tm_yday + 1);
    case 'm':
      return (size_t)snprintf(to, size, "%02d", parts->tm_mon + 1);
    case 'M':
      return (size_t)snprintf(to, size, "%02d", parts->tm_min);
    case 'p':
      return (size_t)snprintf(to, size, "%s", parts->tm_hour < 12 ? "AM" : "PM");
    case 'S':
      return (size_t)snprintf(to, size, "%02d", parts->tm_sec);
    case 'T':
    case 'X':
      return strftime(to, size, "%H:%M:%S", parts);
    case 'u':
      return (size_t)snprintf(to, size, "%d", parts->tm_wday == 0 ? 7 : parts->tm_wday);
    case 'w':
      return (size_t)snprintf(to, size, "%d", parts->tm_wday);
    case 'y':
      return (size_t)snprintf(to, size, "%02d", parts->tm_year % 100);
    case 'Y':
      return (size_t)snprintf(to, size, "%d", parts->tm_year + 1900);
    case 'z':
      return (size_t)snprintf(to, size, "+0000");
    case 'Z':
      return (size_t)snprintf(to, size, "UTC");
    default:
      return (size_t)snprintf(to, size, "%c", conversion);
  }
}

size_t strftime(char *restrict to, size_t size, const char *restrict format,
                const struct tm *restrict parts) {
  size_t length = 0;
  for (; *format != '\0' && length < size; format++) {
    if (*format == '%' && format[1] != '\0') length += convert(to + length, size - length, *++format, parts);
    else to[length++] = *format;
  }
  if (length >= size) return 0;
  to[length] = '\0';
  return length;
}
