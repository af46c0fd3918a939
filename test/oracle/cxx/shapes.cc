// The other file of the program: a class that only it knows, and a constructor that runs before main.

#include "shapes.h"

namespace {
struct Circle : Shape {
  explicit Circle(int radius) : radius(radius) {
    if (radius < 0) throw ShapeError("a circle of less than nothing");
  }
  int area() const override { return radius * radius * 355 / 113; }
  int radius;
};

const struct Early {
  Early() : value(Counted::total + 7) {}
  int value;
} early;
} // namespace

std::unique_ptr<Shape> makeCircle(int radius) { return std::make_unique<Circle>(radius); }

int made() { return Counted::total + early.value; }
