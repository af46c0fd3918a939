// What both files of the program know.

#pragma once
#include <memory>
#include <stdexcept>

struct Counted {
  Counted() { total++; }
  virtual ~Counted() { total--; }
  static inline int total = 0;
};

struct Shape : virtual Counted {
  virtual int area() const = 0;
};

struct ShapeError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::unique_ptr<Shape> makeCircle(int radius);
int made();
