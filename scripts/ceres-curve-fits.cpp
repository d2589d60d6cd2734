// NIST's curve fits by Ceres with automatic derivatives, for compare-curve-fits.py: reads problems as text, writes for
// each start its name, number, seconds and parameters.
//
//     c++ -O2 -std=c++17 -I/usr/include/eigen3 scripts/ceres-curve-fits.cpp -lceres -lglog -o ceres-curve-fits

#include <ceres/ceres.h>
#include <glog/logging.h>

#include <chrono>
#include <cmath>
#include <iostream>
#include <string>
#include <vector>

using std::atan2, std::cos, std::exp, std::pow, std::sin, std::sqrt;
using ceres::atan2, ceres::cos, ceres::exp, ceres::pow, ceres::sin, ceres::sqrt;

#define FORMULA(NAME, COUNT, EXPRESSION)                                                           \
  struct NAME {                                                                                    \
    static constexpr int count = COUNT;                                                            \
    const double x, y;                                                                             \
    template <typename T> bool operator()(const T *const b, T *residual) const {                   \
      residual[0] = (EXPRESSION)-y;                                                                \
      return true;                                                                                 \
    }                                                                                              \
  };

FORMULA(Expsat, 2, b[0] * (1.0 - exp(-b[1] * x)))
FORMULA(Misra1b, 2, b[0] * (1.0 - 1.0 / ((1.0 + b[1] * x / 2.0) * (1.0 + b[1] * x / 2.0))))
FORMULA(Misra1c, 2, b[0] * (1.0 - 1.0 / sqrt(1.0 + 2.0 * b[1] * x)))
FORMULA(Misra1d, 2, b[0] * b[1] * x / (1.0 + b[1] * x))
FORMULA(Chwirut, 3, exp(-b[0] * x) / (b[1] + b[2] * x))
FORMULA(Exp3, 6, b[0] * exp(-b[1] * x) + b[2] * exp(-b[3] * x) + b[4] * exp(-b[5] * x))
FORMULA(Gauss, 8,
        b[0] * exp(-b[1] * x) + b[2] * exp(-(x - b[3]) * (x - b[3]) / (b[4] * b[4])) +
            b[5] * exp(-(x - b[6]) * (x - b[6]) / (b[7] * b[7])))
FORMULA(Power, 2, b[0] * pow(T(x), b[1]))
FORMULA(Rat22, 5, (b[0] + x * (b[1] + x * b[2])) / (1.0 + x * (b[3] + x * b[4])))
FORMULA(Rat33, 7,
        (b[0] + x * (b[1] + x * (b[2] + x * b[3]))) / (1.0 + x * (b[4] + x * (b[5] + x * b[6]))))
FORMULA(Exp2c, 5, b[0] + b[1] * exp(-x * b[3]) + b[2] * exp(-x * b[4]))
FORMULA(Roszman, 4, b[0] - b[1] * x - atan2(b[2], x - b[3]) / M_PI)
FORMULA(Enso, 9,
        b[0] + b[1] * std::cos(2 * M_PI * x / 12) + b[2] * std::sin(2 * M_PI * x / 12) +
            b[4] * cos(2 * M_PI * x / b[3]) + b[5] * sin(2 * M_PI * x / b[3]) +
            b[7] * cos(2 * M_PI * x / b[6]) + b[8] * sin(2 * M_PI * x / b[6]))
FORMULA(Mgh10, 3, b[0] * exp(b[1] / (x + b[2])))
FORMULA(Logistic3, 3, b[0] / (1.0 + exp(b[1] - b[2] * x)))

template <typename Formula>
double fit(const std::vector<double> &x, const std::vector<double> &y, std::vector<double> &b,
           bool is_tight) {
  const auto start = std::chrono::steady_clock::now();
  ceres::Problem problem;
  for (size_t i = 0; i < x.size(); i++) {
    problem.AddResidualBlock(
        new ceres::AutoDiffCostFunction<Formula, 1, Formula::count>(new Formula{x[i], y[i]}),
        nullptr, b.data());
  }
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::DENSE_QR;
  options.logging_type = ceres::SILENT;
  if (is_tight) {
    options.max_num_iterations = 10000;
    options.function_tolerance = options.gradient_tolerance = options.parameter_tolerance = 1e-15;
  }
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int main(int count, char **arguments) {
  google::InitGoogleLogging(arguments[0]);
  FLAGS_minloglevel = 3;
  const bool is_tight = count > 1 && std::string(arguments[1]) == "tight";
  std::string name, model;
  size_t n, p, starts;
  std::cout.precision(17);
  while (std::cin >> name >> model >> n >> p >> starts) {
    std::vector<std::vector<double>> all(starts, std::vector<double>(p));
    for (auto &start : all)
      for (double &value : start) std::cin >> value;
    std::vector<double> x(n), y(n);
    for (double &value : x) std::cin >> value;
    for (double &value : y) std::cin >> value;
    for (size_t i = 0; i < starts; i++) {
      std::vector<double> b = all[i];
      double seconds = NAN;
#define CASE(NAME, FORMULA) if (model == NAME) seconds = fit<FORMULA>(x, y, b, is_tight);
      CASE("expsat", Expsat) CASE("misra1b", Misra1b) CASE("misra1c", Misra1c)
      CASE("misra1d", Misra1d) CASE("chwirut", Chwirut) CASE("exp3", Exp3) CASE("gauss", Gauss)
      CASE("power", Power) CASE("rat22", Rat22) CASE("rat33", Rat33) CASE("exp2c", Exp2c)
      CASE("roszman", Roszman) CASE("enso", Enso) CASE("mgh10", Mgh10)
      CASE("logistic3", Logistic3)
      std::cout << name << ' ' << i << ' ' << seconds;
      for (double value : b) std::cout << ' ' << value;
      std::cout << '\n';
    }
  }
}
