// Point in polygon by S2: an index of all polygons, and one query after the other, as the bench lookup_peers asks.
// Usage: s2_lookup polygons.txt points.txt answers.txt
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <s2/mutable_s2shape_index.h>
#include <s2/s2contains_point_query.h>
#include <s2/s2latlng.h>
#include <s2/s2lax_polygon_shape.h>

static double seconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

static S2Point at(double lon, double lat) {
  return S2LatLng::FromDegrees(lat, lon).ToPoint();
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  MutableS2ShapeIndex index;
  std::ifstream polygons(argv[1]);
  for (std::string line; std::getline(polygons, line);) {
    std::istringstream numbers(line);
    std::vector<S2Point> ring;
    for (double lon, lat; numbers >> lon >> lat;) ring.push_back(at(lon, lat));
    index.Add(std::make_unique<S2LaxPolygonShape>(
        std::vector<S2LaxPolygonShape::Loop>{ring}));
  }
  const double start = seconds(CLOCK_MONOTONIC);
  index.ForceBuild();
  const double built = seconds(CLOCK_MONOTONIC) - start;

  std::vector<std::pair<double, double>> points;
  std::ifstream places(argv[2]);
  for (double lon, lat; places >> lon >> lat;) points.emplace_back(lon, lat);

  // a point on a shared border is in one polygon
  const S2ContainsPointQueryOptions options(S2VertexModel::SEMI_OPEN);
  auto query = MakeS2ContainsPointQuery(&index, options);
  std::vector<int> answers(points.size());
  std::vector<double> runs;
  for (int run = 0; run < 6; ++run) {
    const double begin = seconds(CLOCK_THREAD_CPUTIME_ID);
    for (size_t k = 0; k < points.size(); ++k) {
      int found = -1;
      query.VisitContainingShapes(
          at(points[k].first, points[k].second), [&](S2Shape* shape) {
            found = shape->id();
            return false;
          });
      answers[k] = found;
    }
    // the first one warms the caches
    if (run > 0) runs.push_back(seconds(CLOCK_THREAD_CPUTIME_ID) - begin);
  }
  std::sort(runs.begin(), runs.end());
  std::printf("%.3f %.1f %.1f\n", runs[2] * 1e9 / points.size(), built * 1e3,
              index.SpaceUsed() * 1e-6);
  std::ofstream out(argv[3]);
  for (int answer : answers) out << answer << '\n';
}
