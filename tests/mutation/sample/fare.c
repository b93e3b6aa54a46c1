/* In C, tested with a distance that shows every change but one: whether a child may be just twelve. */
double fare(double distance, int age) { return age < 12 ? 0 : 3 + distance * 2; }
