import OptimKitModels

// Problems with data.

extension StandardProblem {
  private static let bardData: [Double] = [
    0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39,
  ]

  package static let bard = Self(
    "Bard", residuals: 15, start: [1, 1, 1], minimum: 8.214877e-3, others: [17.42869]
  ) { x in
    bardData.enumerated().map { i, y in
      let u = Double(i + 1)
      let v = 16 - u
      return y - (x[0] + u / (v * x[1] + Swift.min(u, v) * x[2]))
    }
  }

  private static let kowalikOsborneData: [(y: Double, u: Double)] = [
    (0.1957, 4), (0.1947, 2), (0.1735, 1), (0.16, 0.5), (0.0844, 0.25), (0.0627, 0.167),
    (0.0456, 0.125), (0.0342, 0.1), (0.0323, 0.0833), (0.0235, 0.0714), (0.0246, 0.0625),
  ]

  package static let kowalikOsborne = Self(
    "Kowalik-Osborne", residuals: 11, start: [0.25, 0.39, 0.415, 0.39], minimum: 3.075056e-4,
    others: [1.02734e-3]
  ) { x in
    kowalikOsborneData.map { y, u in
      y - x[0] * (u * (u + x[1])) / (u * (u + x[2]) + x[3])
    }
  }

  private static let meyerData: [Double] = [
    34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307,
    2872,
  ]

  package static let meyer = Self(
    "Meyer", residuals: 16, start: [0.02, 4000, 250], minimum: 87.94586
  ) { x in
    meyerData.enumerated().map { i, y in
      x[0] * exp(x[1] / (x[2] + (45 + 5 * Double(i + 1)))) - y
    }
  }

  private static let osborne1Data: [Double] = [
    0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751, 0.718, 0.685,
    0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448,
    0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406,
  ]

  package static let osborne1 = Self(
    "Osborne 1", residuals: 33, start: [0.5, 1.5, -1, 0.01, 0.02], minimum: 5.464895e-5
  ) { x in
    osborne1Data.enumerated().map { i, y in
      let t = 10 * Double(i)
      return y - (x[0] + x[1] * exp(-t * x[3]) + x[2] * exp(-t * x[4]))
    }
  }

  private static let osborne2Data: [Double] = [
    1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608,
    0.655, 0.616, 0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661,
    0.612, 0.558, 0.533, 0.495, 0.500, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428,
    0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559,
    0.597, 0.625, 0.739, 0.710, 0.729, 0.720, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054,
  ]

  package static let osborne2 = Self(
    "Osborne 2", residuals: 65,
    start: [1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5], minimum: 4.01377e-2,
    others: [1.78981]
  ) { x in
    osborne2Data.enumerated().map { i, y in
      let t = Double(i) / 10
      var sum = x[0] * exp(-t * x[4])
      for peak in 1...3 {
        let distance = t - x[7 + peak]
        sum += x[peak] * exp(-distance * distance * x[4 + peak])
      }
      return y - sum
    }
  }
}
