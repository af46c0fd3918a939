// A program that uses what C++ asks of an assembler and a linker: groups of inline functions and
// templates, exceptions through several frames and files, thread-local and unique variables,
// virtual bases, constructors before main, threads, and a library of long names.

#include "shapes.h"
#include <algorithm>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <regex>
#include <sstream>
#include <thread>
#include <vector>

thread_local int perThread = 5;

inline int counted() {
  static int calls = [] { return 40; }();
  return ++calls;
}

struct Square : Shape {
  explicit Square(int side) : side(side) {}
  int area() const override { return side * side; }
  int side;
};

struct Depth {
  int &left;
  ~Depth() { left--; }
};

static int descend(int levels) {
  static int left = 0;
  Depth depth{++left};
  if (levels == 0) throw ShapeError("too deep: " + std::to_string(left));
  return descend(levels - 1) + 1;
}

template <typename T> std::string joined(const std::vector<T> &values) {
  std::ostringstream out;
  for (const auto &value : values) out << (&value == values.data() ? "" : ", ") << value;
  return out.str();
}

int main() {
  std::map<std::string, std::vector<int>> groups;
  for (int i = 0; i < 50; i++) groups["mod" + std::to_string(i % 4)].push_back(i * i);
  for (const auto &[name, values] : groups) std::cout << name << ": " << joined(values) << '\n';

  std::vector<std::unique_ptr<Shape>> shapes;
  shapes.emplace_back(new Square(3));
  shapes.push_back(makeCircle(2));
  for (const auto &shape : shapes) {
    std::cout << shape->area() << (dynamic_cast<Square *>(shape.get()) ? " square\n" : " other\n");
  }
  try {
    descend(12);
  } catch (const std::runtime_error &error) {
    std::cout << "caught " << error.what() << '\n';
  }
  try {
    makeCircle(-1);
  } catch (const ShapeError &error) {
    std::cout << "caught " << error.what() << '\n';
  }
  std::thread other([] { std::cout << "there " << ++perThread << '\n'; });
  other.join();
  std::cout << "here " << perThread << ' ' << counted() << ' ' << made() << '\n';

  std::smatch match;
  const std::string address = "someone@somewhere";
  if (std::regex_match(address, match, std::regex("(\\w+)@(\\w+)"))) std::cout << match[2] << '\n';
  std::cout << std::async(std::launch::async, [] { return 6.5L * 2; }).get() << '\n';
}
